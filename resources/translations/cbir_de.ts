<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
 <context>
  <name>Browsing</name>
  <message>
   <source>{photos} shown</source>
   <translation>{photos} gezeigt</translation>
  </message>
 </context>
 <context>
  <name>ByButton</name>
  <message>
   <source>By: {what}</source>
   <translation>Nach: {what}</translation>
  </message>
  <message>
   <source>Colours</source>
   <translation>Farben</translation>
  </message>
  <message>
   <source>Content</source>
   <translation>Inhalt</translation>
  </message>
  <message>
   <source>Copies and edits of this picture, each proved</source>
   <translation>Kopien und Bearbeitungen dieses Bildes, jede bewiesen</translation>
  </message>
  <message>
   <source>Layout</source>
   <translation>Anordnung</translation>
  </message>
  <message>
   <source>Same object or place</source>
   <translation>Dasselbe Ding oder derselbe Ort</translation>
  </message>
  <message>
   <source>Same picture</source>
   <translation>Dasselbe Bild</translation>
  </message>
  <message>
   <source>The same thing in another photo, each proved</source>
   <translation>Dasselbe Ding auf einem anderen Foto, jedes bewiesen</translation>
  </message>
  <message>
   <source>What the pictures show</source>
   <translation>Was die Bilder zeigen</translation>
  </message>
  <message>
   <source>Where colours and edges lie</source>
   <translation>Wo Farben und Kanten liegen</translation>
  </message>
  <message>
   <source>Which colours there are</source>
   <translation>Welche Farben vorkommen</translation>
  </message>
  <message>
   <source>{content} + {look} {percent} %</source>
   <translation>{content} + {look} {percent} %</translation>
  </message>
 </context>
 <context>
  <name>ByPanel</name>
  <message>
   <source>Compare by</source>
   <translation>Vergleichen nach</translation>
  </message>
  <message>
   <source>Content and</source>
   <translation>Inhalt und</translation>
  </message>
  <message>
   <source>How much it counts, percent</source>
   <translation>Wie viel es zählt, in Prozent</translation>
  </message>
  <message>
   <source>What counts beside content</source>
   <translation>Was neben dem Inhalt zählt</translation>
  </message>
  <message>
   <source>What photos are compared by</source>
   <translation>Wonach Fotos verglichen werden</translation>
  </message>
  <message>
   <source>{name}: {hint}</source>
   <translation>{name}: {hint}</translation>
  </message>
  <message>
   <source>{n} %</source>
   <translation>{n} %</translation>
  </message>
 </context>
 <context>
  <name>CompareCanvas</name>
  <message>
   <source>alike</source>
   <translation>gleich</translation>
  </message>
  <message>
   <source>exact</source>
   <translation>genau</translation>
  </message>
  <message>
   <source>{n:.1f} px off</source>
   <translation>{n:.1f} px daneben</translation>
  </message>
  <message>
   <source>{n} of 255 apart</source>
   <translation>{n} von 255 auseinander</translation>
  </message>
 </context>
 <context>
  <name>CompareControl</name>
  <message>
   <source>Compare the two photos</source>
   <translation>Die zwei Fotos vergleichen</translation>
  </message>
  <message>
   <source>Compare with the query</source>
   <translation>Mit dem Suchbild vergleichen</translation>
  </message>
 </context>
 <context>
  <name>CompareToolbar</name>
  <message>
   <source>A, then B in its place, by Tab or `</source>
   <translation>A, dann B an seiner Stelle, mit Tab oder `</translation>
  </message>
  <message>
   <source>B on A, as transparent as you like</source>
   <translation>B auf A, so durchsichtig wie Sie möchten</translation>
  </message>
  <message>
   <source>B on A, to the right of a line that you move</source>
   <translation>B auf A, rechts von einer Linie, die Sie verschieben</translation>
  </message>
  <message>
   <source>Both, with the same spot under both cursors</source>
   <translation>Beide, mit derselben Stelle unter beiden Zeigern</translation>
  </message>
  <message>
   <source>Difference</source>
   <translation>Differenz</translation>
  </message>
  <message>
   <source>Divider</source>
   <translation>Trennlinie</translation>
  </message>
  <message>
   <source>Draw B the way A lies</source>
   <translation>B so zeichnen, wie A liegt</translation>
  </message>
  <message>
   <source>Fit</source>
   <translation>Einpassen</translation>
  </message>
  <message>
   <source>Flicker</source>
   <translation>Wechselbild</translation>
  </message>
  <message>
   <source>How far the colours lie apart at each spot</source>
   <translation>Wie weit die Farben an jeder Stelle auseinanderliegen</translation>
  </message>
  <message>
   <source>Larger</source>
   <translation>Größer</translation>
  </message>
  <message>
   <source>Less</source>
   <translation>Weniger</translation>
  </message>
  <message>
   <source>Lines</source>
   <translation>Linien</translation>
  </message>
  <message>
   <source>Look at the next object, then at all</source>
   <translation>Das nächste Objekt ansehen, dann wieder alle</translation>
  </message>
  <message>
   <source>Look at the object before</source>
   <translation>Das Objekt davor ansehen</translation>
  </message>
  <message>
   <source>Matches</source>
   <translation>Übereinstimmungen</translation>
  </message>
  <message>
   <source>More</source>
   <translation>Mehr</translation>
  </message>
  <message>
   <source>Move the slider down</source>
   <translation>Den Regler zurückschieben</translation>
  </message>
  <message>
   <source>Move the slider up</source>
   <translation>Den Regler vorschieben</translation>
  </message>
  <message>
   <source>Next object</source>
   <translation>Nächstes Objekt</translation>
  </message>
  <message>
   <source>Object before</source>
   <translation>Objekt davor</translation>
  </message>
  <message>
   <source>Object {number} of {count}</source>
   <translation>Objekt {number} von {count}</translation>
  </message>
  <message>
   <source>Objects ({count})</source>
   <translation>Objekte ({count})</translation>
  </message>
  <message>
   <source>One pixel of A for one of the screen</source>
   <translation>Ein Pixel von A für eines des Bildschirms</translation>
  </message>
  <message>
   <source>Opacity of B</source>
   <translation>Deckkraft von B</translation>
  </message>
  <message>
   <source>Overlay</source>
   <translation>Überlagerung</translation>
  </message>
  <message>
   <source>Show all of both pictures</source>
   <translation>Beide Bilder ganz zeigen</translation>
  </message>
  <message>
   <source>Side by side</source>
   <translation>Nebeneinander</translation>
  </message>
  <message>
   <source>Smaller</source>
   <translation>Kleiner</translation>
  </message>
  <message>
   <source>Swipe</source>
   <translation>Wischen</translation>
  </message>
  <message>
   <source>There are no matches that agree</source>
   <translation>Es gibt keine passenden Übereinstimmungen</translation>
  </message>
  <message>
   <source>Turn B like A</source>
   <translation>B wie A drehen</translation>
  </message>
  <message>
   <source>Which spots were found in both, and how well they fit</source>
   <translation>Welche Stellen in beiden gefunden wurden, und wie gut sie passen</translation>
  </message>
  <message>
   <source>Zoom</source>
   <translation>Vergrößerung</translation>
  </message>
 </context>
 <context>
  <name>CompareView</name>
  <message>
   <source>Back</source>
   <translation>Zurück</translation>
  </message>
  <message>
   <source>Back to the photos (Esc)</source>
   <translation>Zurück zu den Fotos (Esc)</translation>
  </message>
  <message>
   <source>Cannot be read: {why}</source>
   <translation>Nicht lesbar: {why}</translation>
  </message>
  <message>
   <source>Compare two other pictures</source>
   <translation>Zwei andere Bilder vergleichen</translation>
  </message>
  <message>
   <source>Compare two pictures</source>
   <translation>Zwei Bilder vergleichen</translation>
  </message>
  <message>
   <source>Comparing…</source>
   <translation>Wird verglichen …</translation>
  </message>
  <message>
   <source>Drop a picture here</source>
   <translation>Ein Bild hier ablegen</translation>
  </message>
  <message>
   <source>Drop two pictures here, or open two, to see whether one comes from the other.</source>
   <translation>Legen Sie hier zwei Bilder ab oder öffnen Sie zwei, um zu sehen, ob eines vom anderen stammt.</translation>
  </message>
  <message>
   <source>Find photos like A</source>
   <translation>Fotos wie A suchen</translation>
  </message>
  <message>
   <source>Find photos like B</source>
   <translation>Fotos wie B suchen</translation>
  </message>
  <message>
   <source>Flick between A and B</source>
   <translation>Zwischen A und B hin- und herwechseln</translation>
  </message>
  <message>
   <source>Not compared: {name} cannot be read.</source>
   <translation>Nicht verglichen: {name} ist nicht lesbar.</translation>
  </message>
  <message>
   <source>Not compared: {why}.</source>
   <translation>Nicht verglichen: {why}.</translation>
  </message>
  <message>
   <source>Of A, only the part in the box is compared, and called A here.</source>
   <translation>Von A wird nur der Teil im Rahmen verglichen; er heißt hier A.</translation>
  </message>
  <message>
   <source>Only an address came, and nothing is fetched from the web. Drop the files.</source>
   <translation>Es kam nur eine Adresse, und aus dem Web wird nichts abgerufen. Legen Sie die Dateien ab.</translation>
  </message>
  <message>
   <source>Open two…</source>
   <translation>Zwei öffnen …</translation>
  </message>
  <message>
   <source>Pictures A and B, {mode}</source>
   <translation>Bilder A und B, {mode}</translation>
  </message>
  <message>
   <source>Reading…</source>
   <translation>Wird gelesen …</translation>
  </message>
  <message>
   <source>Search a region of A…</source>
   <translation>Einen Bereich von A suchen …</translation>
  </message>
  <message>
   <source>Search a region of B…</source>
   <translation>Einen Bereich von B suchen …</translation>
  </message>
  <message>
   <source>Tab flicks between A and B, F6 leaves the pictures</source>
   <translation>Tab wechselt zwischen A und B, F6 verlässt die Bilder</translation>
  </message>
  <message>
   <source>The next one (PgDown)</source>
   <translation>Das nächste Paar (Bild ab)</translation>
  </message>
  <message>
   <source>The one before (PgUp)</source>
   <translation>Das Paar davor (Bild auf)</translation>
  </message>
  <message>
   <source>The pictures are laid over each other edge to edge.</source>
   <translation>Die Bilder liegen Kante auf Kante übereinander.</translation>
  </message>
  <message>
   <source>To the pictures and back</source>
   <translation>Zu den Bildern und zurück</translation>
  </message>
  <message>
   <source>{object}: {count} matches agree on how it was moved.</source>
   <translation>{object}: {count} Übereinstimmungen sagen gleich, wie es bewegt wurde.</translation>
  </message>
 </context>
 <context>
  <name>DecisionsControl</name>
  <message>
   <source>1 decision is revoked.</source>
   <translation>1 Entscheidung ist widerrufen.</translation>
  </message>
  <message>
   <source>Decisions (*.json)</source>
   <translation>Entscheidungen (*.json)</translation>
  </message>
  <message>
   <source>Decisions from a file</source>
   <translation>Entscheidungen aus einer Datei</translation>
  </message>
  <message>
   <source>In {conflicts} the library says something else, which stays.</source>
   <translation>In {conflicts} sagt die Bibliothek etwas anderes; das bleibt.</translation>
  </message>
  <message>
   <source>Write all decisions</source>
   <translation>Alle Entscheidungen schreiben</translation>
  </message>
  <message>
   <source>{added} decisions came in, {known} were known.</source>
   <translation>{added} Entscheidungen kamen dazu, {known} waren bekannt.</translation>
  </message>
  <message>
   <source>{n} decisions are in {file}.</source>
   <translation>{n} Entscheidungen sind in {file}.</translation>
  </message>
  <message>
   <source>{n} decisions are revoked.</source>
   <translation>{n} Entscheidungen sind widerrufen.</translation>
  </message>
 </context>
 <context>
  <name>DecisionsDialog</name>
  <message>
   <source> (and {n} more)</source>
   <translation> (und {n} weitere)</translation>
  </message>
  <message>
   <source>All decisions</source>
   <translation>Alle Entscheidungen</translation>
  </message>
  <message>
   <source>Decision</source>
   <translation>Entscheidung</translation>
  </message>
  <message>
   <source>Decisions</source>
   <translation>Entscheidungen</translation>
  </message>
  <message>
   <source>Decisions about duplicates</source>
   <translation>Entscheidungen über Duplikate</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>Exportieren …</translation>
  </message>
  <message>
   <source>Filter by name or folder</source>
   <translation>Nach Name oder Ordner filtern</translation>
  </message>
  <message>
   <source>Import…</source>
   <translation>Importieren …</translation>
  </message>
  <message>
   <source>Nothing is decided yet</source>
   <translation>Noch ist nichts entschieden</translation>
  </message>
  <message>
   <source>Revoke</source>
   <translation>Widerrufen</translation>
  </message>
  <message>
   <source>This</source>
   <translation>Dies</translation>
  </message>
  <message>
   <source>What these decisions hid is shown again at the next search</source>
   <translation>Was diese Entscheidungen verbargen, zeigt die nächste Suche wieder</translation>
  </message>
  <message>
   <source>When (UTC)</source>
   <translation>Wann (UTC)</translation>
  </message>
  <message>
   <source>Which decisions</source>
   <translation>Welche Entscheidungen</translation>
  </message>
  <message>
   <source>and this</source>
   <translation>und dies</translation>
  </message>
  <message>
   <source>not in the library now</source>
   <translation>jetzt nicht in der Bibliothek</translation>
  </message>
  <message>
   <source>{n} of {total} decisions</source>
   <translation>{n} von {total} Entscheidungen</translation>
  </message>
 </context>
 <context>
  <name>DetailsPanel</name>
  <message>
   <source>Also at</source>
   <translation>Auch unter</translation>
  </message>
  <message>
   <source>Changed</source>
   <translation>Geändert</translation>
  </message>
  <message>
   <source>Choose a photo to see its details</source>
   <translation>Wählen Sie ein Foto, um Einzelheiten zu sehen</translation>
  </message>
  <message>
   <source>Details</source>
   <translation>Einzelheiten</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>No preview: {why}</source>
   <translation>Keine Vorschau: {why}</translation>
  </message>
  <message>
   <source>Pixels</source>
   <translation>Pixel</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>Vorschau</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Zustand</translation>
  </message>
  <message>
   <source>To the query</source>
   <translation>Zum Suchbild</translation>
  </message>
 </context>
 <context>
  <name>DropOverlay</name>
  <message>
   <source>Drop here</source>
   <translation>Hier ablegen</translation>
  </message>
  <message>
   <source>Drop pictures to find photos like them,
or a folder to add it to the library</source>
   <translation>Bilder ablegen, um ähnliche Fotos zu finden,
oder einen Ordner, um ihn aufzunehmen</translation>
  </message>
 </context>
 <context>
  <name>EmptyStates</name>
  <message>
   <source>Add the folder {name}</source>
   <translation>Den Ordner {name} aufnehmen</translation>
  </message>
  <message>
   <source>Choose a folder with pictures</source>
   <translation>Wählen Sie einen Ordner mit Bildern</translation>
  </message>
  <message>
   <source>Looking for pictures…</source>
   <translation>Bilder werden gesucht …</translation>
  </message>
  <message>
   <source>No pictures in these folders</source>
   <translation>Keine Bilder in diesen Ordnern</translation>
  </message>
  <message>
   <source>Nothing left to show</source>
   <translation>Nichts mehr zu zeigen</translation>
  </message>
  <message>
   <source>Nothing similar found</source>
   <translation>Nichts Ähnliches gefunden</translation>
  </message>
  <message>
   <source>Opening the library…</source>
   <translation>Die Bibliothek wird geöffnet …</translation>
  </message>
  <message>
   <source>Show all of them</source>
   <translation>Alle davon zeigen</translation>
  </message>
  <message>
   <source>The filter or the slider at the bottom leaves none of the photos that were found.</source>
   <translation>Der Filter oder der Regler unten lässt keines der gefundenen Fotos übrig.</translation>
  </message>
  <message>
   <source>The library cannot be opened</source>
   <translation>Die Bibliothek lässt sich nicht öffnen</translation>
  </message>
  <message>
   <source>There is no other photo in the library to compare it with.</source>
   <translation>In der Bibliothek ist kein anderes Foto, mit dem verglichen werden könnte.</translation>
  </message>
  <message>
   <source>They appear here as they are indexed. You can search before it is finished.</source>
   <translation>Sie erscheinen hier, sobald sie eingelesen sind. Sie können vorher schon suchen.</translation>
  </message>
  <message>
   <source>They stay where they are, unchanged. Then drop a picture here to find those like it.</source>
   <translation>Sie bleiben unverändert, wo sie sind. Legen Sie dann hier ein Bild ab, um ähnliche zu finden.</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Erneut versuchen</translation>
  </message>
 </context>
 <context>
  <name>EncoderSwitch</name>
  <message>
   <source>, {time} left</source>
   <translation>, noch {time}</translation>
  </message>
  <message>
   <source>. Search goes on by the old one.</source>
   <translation>. Gesucht wird weiter mit dem alten.</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Fortsetzen</translation>
  </message>
  <message>
   <source>Search goes by the encoder “{name}” now.</source>
   <translation>Gesucht wird jetzt mit dem Encoder „{name}“.</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>The photos are read again for the encoder “{name}”: {n} of {total}</source>
   <translation>Die Fotos werden für den Encoder „{name}“ neu gelesen: {n} von {total}</translation>
  </message>
  <message>
   <source>The photos are read again for the encoder “{name}”…</source>
   <translation>Die Fotos werden für den Encoder „{name}“ neu gelesen …</translation>
  </message>
  <message>
   <source>This library is on the way to the encoder “{name}”, and the rest of the photos waits.</source>
   <translation>Diese Bibliothek ist auf dem Weg zum Encoder „{name}“, die übrigen Fotos warten.</translation>
  </message>
  <message>
   <source>{photos} could not be read now and are not found until they are indexed again.</source>
   <translation>{photos} waren nicht lesbar und werden erst wieder gefunden, wenn sie neu eingelesen sind.</translation>
  </message>
 </context>
 <context>
  <name>ExamplePanel</name>
  <message>
   <source>Change the region…</source>
   <translation>Bereich ändern …</translation>
  </message>
  <message>
   <source>Choose a region…</source>
   <translation>Bereich wählen …</translation>
  </message>
  <message>
   <source>Example of the query</source>
   <translation>Beispiel der Suche</translation>
  </message>
  <message>
   <source>Less like this</source>
   <translation>Weniger davon</translation>
  </message>
  <message>
   <source>More like this</source>
   <translation>Mehr davon</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Weight</source>
   <translation>Gewicht</translation>
  </message>
  <message>
   <source>Whole picture</source>
   <translation>Ganzes Bild</translation>
  </message>
 </context>
 <context>
  <name>FactsTable</name>
  <message>
   <source>Camera</source>
   <translation>Kamera</translation>
  </message>
  <message>
   <source>Date</source>
   <translation>Datum</translation>
  </message>
  <message>
   <source>Facts of both files</source>
   <translation>Angaben zu beiden Dateien</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Format</translation>
  </message>
  <message>
   <source>JPEG quality</source>
   <translation>JPEG-Qualität</translation>
  </message>
  <message>
   <source>Pixels</source>
   <translation>Pixel</translation>
  </message>
  <message>
   <source>Sharpness</source>
   <translation>Schärfe</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>not known</source>
   <translation>nicht bekannt</translation>
  </message>
  <message>
   <source>{date} (file)</source>
   <translation>{date} (Datei)</translation>
  </message>
  <message>
   <source>{name}: {value}</source>
   <translation>{name}: {value}</translation>
  </message>
  <message>
   <source>{name}: {value}, the better one</source>
   <translation>{name}: {value}, der bessere</translation>
  </message>
 </context>
 <context>
  <name>FilterPanel</name>
  <message>
   <source>Any</source>
   <translation>Beliebig</translation>
  </message>
  <message>
   <source>Camera</source>
   <translation>Kamera</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Format</source>
   <translation>Format</translation>
  </message>
  <message>
   <source>From day</source>
   <translation>Ab dem Tag</translation>
  </message>
  <message>
   <source>Here</source>
   <translation>Vorhanden</translation>
  </message>
  <message>
   <source>Megabytes, at least</source>
   <translation>Megabyte, mindestens</translation>
  </message>
  <message>
   <source>Megapixels, at least</source>
   <translation>Megapixel, mindestens</translation>
  </message>
  <message>
   <source>Offline</source>
   <translation>Nicht verbunden</translation>
  </message>
  <message>
   <source>Show all</source>
   <translation>Alle zeigen</translation>
  </message>
  <message>
   <source>Show only</source>
   <translation>Nur zeigen</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Zustand</translation>
  </message>
  <message>
   <source>To day</source>
   <translation>Bis zum Tag</translation>
  </message>
 </context>
 <context>
  <name>FolderControl</name>
  <message>
   <source>Forget folder</source>
   <translation>Ordner vergessen</translation>
  </message>
  <message>
   <source>Forget the folder {name}?</source>
   <translation>Den Ordner {name} vergessen?</translation>
  </message>
  <message>
   <source>{missing} were not found there.</source>
   <translation>{missing} wurden dort nicht gefunden.</translation>
  </message>
  <message>
   <source>{name} is forgotten: {photos} left the library, their files are where they were.</source>
   <translation>{name} ist vergessen: {photos} haben die Bibliothek verlassen, die Dateien sind, wo sie waren.</translation>
  </message>
  <message>
   <source>{photos} are now in {folder}; {n} of them were compared by content.</source>
   <translation>{photos} sind jetzt in {folder}; {n} davon wurden nach dem Inhalt verglichen.</translation>
  </message>
  <message>
   <source>{photos} leave the library, and are not found any more. No file is touched: they stay in {folder}. You can add the folder again at any time.</source>
   <translation>{photos} verlassen die Bibliothek und werden nicht mehr gefunden. Keine Datei wird angetastet: Sie bleiben in {folder}. Sie können den Ordner jederzeit wieder aufnehmen.</translation>
  </message>
 </context>
 <context>
  <name>GroupList</name>
  <message>
   <source>Groups of duplicates</source>
   <translation>Gruppen von Duplikaten</translation>
  </message>
 </context>
 <context>
  <name>GroupModel</name>
  <message>
   <source>Done</source>
   <translation>Fertig</translation>
  </message>
  <message>
   <source>Undecided</source>
   <translation>Unentschieden</translation>
  </message>
  <message>
   <source>{files}, {size} to gain</source>
   <translation>{files}, {size} zu gewinnen</translation>
  </message>
  <message>
   <source>{n} to go</source>
   <translation>{n} gehen</translation>
  </message>
 </context>
 <context>
  <name>Hints</name>
  <message>
   <source>Choose a result and press Ctrl+D to see what it has in common with the query. The slider at the bottom hides what is less alike.</source>
   <translation>Wählen Sie ein Ergebnis und drücken Sie Strg+D, um zu sehen, was es mit dem Suchbild gemeinsam hat. Der Regler unten blendet weniger Ähnliches aus.</translation>
  </message>
  <message>
   <source>Drop a picture anywhere to find photos like it, or choose a photo and press Ctrl+Return.</source>
   <translation>Legen Sie irgendwo ein Bild ab, um ähnliche Fotos zu finden, oder wählen Sie ein Foto und drücken Sie Strg+Eingabe.</translation>
  </message>
  <message>
   <source>Drop more pictures on the bar above to add them. Click one there for more or less like it, or to look for a part of it.</source>
   <translation>Legen Sie weitere Bilder auf der Leiste oben ab, um sie hinzuzufügen. Klicken Sie dort eines an für mehr oder weniger davon, oder um einen Teil davon zu suchen.</translation>
  </message>
  <message>
   <source>No more hints</source>
   <translation>Keine Hinweise mehr</translation>
  </message>
 </context>
 <context>
  <name>Histogram</name>
  <message>
   <source>How sure the pairs are</source>
   <translation>Wie sicher die Paare sind</translation>
  </message>
 </context>
 <context>
  <name>IndexControl</name>
  <message>
   <source>1 folder is away</source>
   <translation>1 Ordner ist nicht da</translation>
  </message>
  <message>
   <source>Indexing stopped; what is indexed is kept. F5 goes on.</source>
   <translation>Einlesen angehalten; was eingelesen ist, bleibt. F5 setzt fort.</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Erneut versuchen</translation>
  </message>
  <message>
   <source>Up to date: {what}</source>
   <translation>Auf dem neuesten Stand: {what}</translation>
  </message>
  <message>
   <source>{n} could not be read</source>
   <translation>{n} nicht lesbar</translation>
  </message>
  <message>
   <source>{n} folders are away</source>
   <translation>{n} Ordner sind nicht da</translation>
  </message>
  <message>
   <source>{n} gone</source>
   <translation>{n} verschwunden</translation>
  </message>
  <message>
   <source>{n} known again</source>
   <translation>{n} wiedererkannt</translation>
  </message>
  <message>
   <source>{photos} new</source>
   <translation>{photos} neu</translation>
  </message>
 </context>
 <context>
  <name>IndexStatus</name>
  <message>
   <source>Indexing progress</source>
   <translation>Fortschritt des Einlesens</translation>
  </message>
  <message>
   <source>Indexing {n} of {total}</source>
   <translation>{n} von {total} eingelesen</translation>
  </message>
  <message>
   <source>Looking for pictures…</source>
   <translation>Bilder werden gesucht …</translation>
  </message>
  <message>
   <source>Looking for pictures… {n} found</source>
   <translation>Bilder werden gesucht … {n} gefunden</translation>
  </message>
  <message>
   <source>Pause indexing</source>
   <translation>Einlesen anhalten</translation>
  </message>
  <message>
   <source>Paused at {n} of {total}</source>
   <translation>Angehalten bei {n} von {total}</translation>
  </message>
  <message>
   <source>Resume indexing</source>
   <translation>Einlesen fortsetzen</translation>
  </message>
  <message>
   <source>Stop indexing</source>
   <translation>Einlesen abbrechen</translation>
  </message>
  <message>
   <source>Stop indexing; what is indexed is kept, F5 goes on later</source>
   <translation>Einlesen abbrechen; was eingelesen ist, bleibt, F5 setzt später fort</translation>
  </message>
  <message>
   <source>{n} a second</source>
   <translation>{n} pro Sekunde</translation>
  </message>
  <message>
   <source>{time} left</source>
   <translation>noch {time}</translation>
  </message>
 </context>
 <context>
  <name>LabAnswers</name>
  <message>
   <source>Asked with</source>
   <translation>Gefragt mit</translation>
  </message>
  <message>
   <source>Best and worst queries</source>
   <translation>Beste und schlechteste Anfragen</translation>
  </message>
  <message>
   <source>asked with {name}</source>
   <translation>gefragt mit {name}</translation>
  </message>
  <message>
   <source>best, {value}</source>
   <translation>beste, {value}</translation>
  </message>
  <message>
   <source>worst, {value}</source>
   <translation>schlechteste, {value}</translation>
  </message>
  <message>
   <source>{name}, right</source>
   <translation>{name}, richtig</translation>
  </message>
  <message>
   <source>{name}, wrong</source>
   <translation>{name}, falsch</translation>
  </message>
 </context>
 <context>
  <name>LabControl</name>
  <message>
   <source>A library is searched by vectors; this one has a measure of its own (choose it under “By”)</source>
   <translation>Eine Bibliothek wird nach Vektoren durchsucht; dieses Verfahren hat ein eigenes Maß (unter „Nach“ zu wählen)</translation>
  </message>
  <message>
   <source>Choose</source>
   <translation>Wählen</translation>
  </message>
  <message>
   <source>Choose a folder of pictures to measure on</source>
   <translation>Einen Ordner mit Bildern wählen, an dem gemessen wird</translation>
  </message>
  <message>
   <source>Chosen methods: {n}.</source>
   <translation>Gewählte Verfahren: {n}.</translation>
  </message>
  <message>
   <source>Each way of describing and re-ranking that is ticked becomes a row: how well it finds, how fast.</source>
   <translation>Jede angekreuzte Art, Bilder zu beschreiben und umzuordnen, wird eine Zeile: wie gut sie findet, wie schnell.</translation>
  </message>
  <message>
   <source>Measure on which folder?</source>
   <translation>An welchem Ordner messen?</translation>
  </message>
  <message>
   <source>Measured methods: {n}.</source>
   <translation>{n} Verfahren gemessen.</translation>
  </message>
  <message>
   <source>Measured {n} of {total}</source>
   <translation>{n} von {total} gemessen</translation>
  </message>
  <message>
   <source>Re-ranking is no part of it: each search asks for it (cbir search --rerank {name})</source>
   <translation>Das Umordnen gehört nicht dazu: Jede Suche verlangt es eigens (cbir search --rerank {name})</translation>
  </message>
  <message>
   <source>Reading the pictures and describing them…</source>
   <translation>Die Bilder werden gelesen und beschrieben …</translation>
  </message>
  <message>
   <source>Stopped after {n} methods; the next run goes on from there.</source>
   <translation>Nach {n} Verfahren angehalten; der nächste Lauf macht dort weiter.</translation>
  </message>
  <message>
   <source>Stopping…</source>
   <translation>Wird angehalten …</translation>
  </message>
  <message>
   <source>The photos of the library are described by it; search goes on by the old one until then</source>
   <translation>Die Fotos der Bibliothek werden danach beschrieben; bis dahin wird nach dem alten Verfahren gesucht</translation>
  </message>
  <message>
   <source>{name} could not be tried: {why}</source>
   <translation>{name} wurde nicht erprobt: {why}</translation>
  </message>
 </context>
 <context>
  <name>LabMethods</name>
  <message>
   <source>And besides</source>
   <translation>Außerdem</translation>
  </message>
  <message>
   <source>Describe pictures by</source>
   <translation>Bilder beschreiben nach</translation>
  </message>
  <message>
   <source>PCA, fitted on the folder itself</source>
   <translation>PCA, am Ordner selbst gelernt</translation>
  </message>
  <message>
   <source>Pool feature maps by</source>
   <translation>Merkmalskarten zusammenfassen nach</translation>
  </message>
  <message>
   <source>Re-rank by</source>
   <translation>Neu ordnen nach</translation>
  </message>
  <message>
   <source>through the approximate index (HNSW)</source>
   <translation>über den genäherten Index (HNSW)</translation>
  </message>
  <message>
   <source>whitened to {n} dimensions</source>
   <translation>geweißt auf {n} Dimensionen</translation>
  </message>
 </context>
 <context>
  <name>LabModel</name>
  <message>
   <source>, the best</source>
   <translation>, der beste Wert</translation>
  </message>
  <message>
   <source>Could not be tried: {why}</source>
   <translation>Nicht erprobt: {why}</translation>
  </message>
  <message>
   <source>Method</source>
   <translation>Verfahren</translation>
  </message>
 </context>
 <context>
  <name>LabPage</name>
  <message>
   <source>Choose folder…</source>
   <translation>Ordner wählen …</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Folder: {path}</source>
   <translation>Ordner: {path}</translation>
  </message>
  <message>
   <source>Laboratory</source>
   <translation>Labor</translation>
  </message>
  <message>
   <source>Measure</source>
   <translation>Messen</translation>
  </message>
  <message>
   <source>Methods and their measures</source>
   <translation>Verfahren und ihre Maße</translation>
  </message>
  <message>
   <source>Progress of the laboratory</source>
   <translation>Fortschritt des Labors</translation>
  </message>
  <message>
   <source>Quality and bytes</source>
   <translation>Güte und Bytes</translation>
  </message>
  <message>
   <source>Queries</source>
   <translation>Anfragen</translation>
  </message>
  <message>
   <source>Queries: </source>
   <translation>Anfragen: </translation>
  </message>
  <message>
   <source>Recall and time</source>
   <translation>Trefferquote und Zeit</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>Table</source>
   <translation>Tabelle</translation>
  </message>
  <message>
   <source>Table or plots</source>
   <translation>Tabelle oder Diagramme</translation>
  </message>
  <message>
   <source>UKBench: four views of each object</source>
   <translation>UKBench: vier Ansichten jedes Gegenstands</translation>
  </message>
  <message>
   <source>Use this method</source>
   <translation>Dieses Verfahren verwenden</translation>
  </message>
  <message>
   <source>Use “{name}” in this library</source>
   <translation>„{name}“ in dieser Bibliothek verwenden</translation>
  </message>
  <message>
   <source>What the folder holds</source>
   <translation>Was der Ordner enthält</translation>
  </message>
  <message>
   <source>a folder for each class: find the same class</source>
   <translation>ein Ordner je Klasse: dieselbe Klasse finden</translation>
  </message>
  <message>
   <source>photos: find copies that are made of them</source>
   <translation>Fotos: daraus gemachte Kopien finden</translation>
  </message>
 </context>
 <context>
  <name>LabPlot</name>
  <message>
   <source>Nothing was measured yet</source>
   <translation>Noch nichts gemessen</translation>
  </message>
  <message>
   <source>{name}, nothing beats it in both</source>
   <translation>{name}, in beidem von keinem übertroffen</translation>
  </message>
 </context>
 <context>
  <name>Living</name>
  <message>
   <source>Look for changes</source>
   <translation>Nach Änderungen suchen</translation>
  </message>
  <message>
   <source>The library in {folder} can only be read. You can look and search; nothing new is taken in.</source>
   <translation>Die Bibliothek in {folder} kann nur gelesen werden. Sie können ansehen und suchen; Neues wird nicht aufgenommen.</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>{files} ignored until they change.</source>
   <translation>{files} übergangen, bis sie sich ändern.</translation>
  </message>
 </context>
 <context>
  <name>MainWindow</name>
  <message>
   <source>Cannot search with {query}: {why}.</source>
   <translation>Die Suche mit {query} ist nicht möglich: {why}.</translation>
  </message>
 </context>
 <context>
  <name>MapPage</name>
  <message>
   <source>A rough map; a better one is being made…</source>
   <translation>Eine grobe Karte; eine bessere wird erstellt …</translation>
  </message>
  <message>
   <source>Choose all photos in view (Ctrl+A)</source>
   <translation>Alle sichtbaren Fotos auswählen (Strg+A)</translation>
  </message>
  <message>
   <source>Choose what is in view</source>
   <translation>Sichtbare auswählen</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Schließen</translation>
  </message>
  <message>
   <source>Draw around photos to choose them. Wheel: zoom. Right button: move.</source>
   <translation>Fotos umfahren, um sie auszuwählen. Rad: vergrößern. Rechte Taste: verschieben.</translation>
  </message>
  <message>
   <source>Map</source>
   <translation>Karte</translation>
  </message>
  <message>
   <source>Show all of it (0)</source>
   <translation>Alles zeigen (0)</translation>
  </message>
  <message>
   <source>Show the chosen photos in the grid (Enter)</source>
   <translation>Die ausgewählten Fotos im Raster zeigen (Eingabe)</translation>
  </message>
  <message>
   <source>Show these</source>
   <translation>Diese zeigen</translation>
  </message>
  <message>
   <source>Show these {photos}</source>
   <translation>Diese zeigen: {photos}</translation>
  </message>
  <message>
   <source>The map is being made…</source>
   <translation>Die Karte wird erstellt …</translation>
  </message>
  <message>
   <source>Whole map</source>
   <translation>Ganze Karte</translation>
  </message>
  <message>
   <source>{photos} by {method}: like photos lie near each other</source>
   <translation>{photos} nach {method}: Ähnliches liegt beieinander</translation>
  </message>
  <message>
   <source>{photos} chosen</source>
   <translation>{photos} ausgewählt</translation>
  </message>
 </context>
 <context>
  <name>MapView</name>
  <message>
   <source>Map of the photos</source>
   <translation>Karte der Fotos</translation>
  </message>
 </context>
 <context>
  <name>MemberModel</name>
  <message>
   <source>To {name}: {what}</source>
   <translation>Zu {name}: {what}</translation>
  </message>
  <message>
   <source>better</source>
   <translation>besser</translation>
  </message>
 </context>
 <context>
  <name>MemberView</name>
  <message>
   <source>K keeps, X lets go, N is not a duplicate; F6 goes to the groups</source>
   <translation>K behält, X lässt gehen, N ist kein Duplikat; F6 führt zu den Gruppen</translation>
  </message>
  <message>
   <source>Members of the group</source>
   <translation>Mitglieder der Gruppe</translation>
  </message>
 </context>
 <context>
  <name>MessageBar</name>
  <message>
   <source>Close this message</source>
   <translation>Diese Meldung schließen</translation>
  </message>
  <message>
   <source>Message</source>
   <translation>Meldung</translation>
  </message>
 </context>
 <context>
  <name>NarrowingBar</name>
  <message>
   <source>Date</source>
   <translation>Datum</translation>
  </message>
  <message>
   <source>Filter</source>
   <translation>Filter</translation>
  </message>
  <message>
   <source>Likeness</source>
   <translation>Ähnlichkeit</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>Show only photos of a folder, a day, a camera…</source>
   <translation>Nur Fotos eines Ordners, eines Tages, einer Kamera … zeigen</translation>
  </message>
  <message>
   <source>Size</source>
   <translation>Größe</translation>
  </message>
  <message>
   <source>Sort: {by}</source>
   <translation>Folge: {by}</translation>
  </message>
  <message>
   <source>The order of the photos</source>
   <translation>Die Reihenfolge der Fotos</translation>
  </message>
  <message>
   <source>The other way round</source>
   <translation>Andersherum</translation>
  </message>
  <message>
   <source>{button}, in use</source>
   <translation>{button}, in Gebrauch</translation>
  </message>
 </context>
 <context>
  <name>PhotoActions</name>
  <message>
   <source>Choose at most {n} photos to find others like them.</source>
   <translation>Wählen Sie höchstens {n} Fotos, um ähnliche zu finden.</translation>
  </message>
  <message>
   <source>Open with</source>
   <translation>Öffnen mit</translation>
  </message>
  <message>
   <source>The picture cannot be copied: {why}.</source>
   <translation>Das Bild lässt sich nicht kopieren: {why}.</translation>
  </message>
  <message>
   <source>There is no program on this desktop that opens {name}.</source>
   <translation>Auf diesem Rechner gibt es kein Programm, das {name} öffnet.</translation>
  </message>
  <message>
   <source>These are too many photos to drag at once. Choose fewer.</source>
   <translation>Das sind zu viele Fotos, um sie auf einmal zu ziehen. Wählen Sie weniger.</translation>
  </message>
  <message>
   <source>{name} does not start.</source>
   <translation>{name} startet nicht.</translation>
  </message>
  <message>
   <source>{name} is copied.</source>
   <translation>{name} ist kopiert.</translation>
  </message>
 </context>
 <context>
  <name>PhotoDelegate</name>
  <message>
   <source>Cannot be shown now</source>
   <translation>Zurzeit nicht darstellbar</translation>
  </message>
 </context>
 <context>
  <name>PhotoGrid</name>
  <message>
   <source>Photos</source>
   <translation>Fotos</translation>
  </message>
 </context>
 <context>
  <name>PhotoModel</name>
  <message>
   <source>{name}, similarity {score:.2f}</source>
   <translation>{name}, Ähnlichkeit {score:.2f}</translation>
  </message>
 </context>
 <context>
  <name>PhotoPreview</name>
  <message>
   <source>No preview: {why}</source>
   <translation>Keine Vorschau: {why}</translation>
  </message>
 </context>
 <context>
  <name>Pins</name>
  <message>
   <source>Keep this search</source>
   <translation>Diese Suche behalten</translation>
  </message>
  <message>
   <source>Like {query}</source>
   <translation>Wie {query}</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Name</translation>
  </message>
  <message>
   <source>Rename the search</source>
   <translation>Die Suche umbenennen</translation>
  </message>
  <message>
   <source>The search {name} is no longer kept.</source>
   <translation>Die Suche {name} wird nicht mehr behalten.</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
 </context>
 <context>
  <name>ProblemsView</name>
  <message>
   <source>Copy path</source>
   <translation>Pfad kopieren</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Datei</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Ignore</source>
   <translation>Übergehen</translation>
  </message>
  <message>
   <source>Ignore no longer</source>
   <translation>Nicht mehr übergehen</translation>
  </message>
  <message>
   <source>Nothing is wrong but what you ignore</source>
   <translation>Es fehlt nichts außer dem, was Sie übergehen</translation>
  </message>
  <message>
   <source>Problems</source>
   <translation>Probleme</translation>
  </message>
  <message>
   <source>Show ignored ones too</source>
   <translation>Auch übergangene zeigen</translation>
  </message>
  <message>
   <source>Show in folder</source>
   <translation>Im Ordner zeigen</translation>
  </message>
  <message>
   <source>Show {n} ignored too</source>
   <translation>Auch {n} übergangene zeigen</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Erneut versuchen</translation>
  </message>
  <message>
   <source>Try all again</source>
   <translation>Alle erneut versuchen</translation>
  </message>
  <message>
   <source>What to do</source>
   <translation>Was zu tun ist</translation>
  </message>
  <message>
   <source>Why it cannot be searched</source>
   <translation>Warum nicht danach gesucht werden kann</translation>
  </message>
  <message>
   <source>right-click the folder on the left, “Has moved…”</source>
   <translation>Rechtsklick auf den Ordner links, „Ist umgezogen …“</translation>
  </message>
  <message>
   <source>{files} cannot be searched</source>
   <translation>{files} ohne Suche</translation>
  </message>
  <message>
   <source>{name} (ignored)</source>
   <translation>{name} (übergangen)</translation>
  </message>
  <message>
   <source>“Look for changes” (F5)</source>
   <translation>„Nach Änderungen suchen“ (F5)</translation>
  </message>
  <message>
   <source>“Try again”</source>
   <translation>„Erneut versuchen“</translation>
  </message>
 </context>
 <context>
  <name>Program</name>
  <message>
   <source>Something went wrong in the program itself: {why}. Your photos are not affected.</source>
   <translation>Im Programm selbst ist etwas schiefgegangen: {why}. Ihre Fotos sind davon nicht betroffen.</translation>
  </message>
  <message>
   <source>The catalog is damaged ({why}): close the window and open it again to have it restored.</source>
   <translation>Der Katalog ist beschädigt ({why}): Das Fenster schließen und wieder öffnen, dann wird er wiederhergestellt.</translation>
  </message>
 </context>
 <context>
  <name>ProgressPage</name>
  <message>
   <source>Comparing photos…</source>
   <translation>Fotos werden verglichen …</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Fortsetzen</translation>
  </message>
  <message>
   <source>How far the comparison is</source>
   <translation>Wie weit der Vergleich ist</translation>
  </message>
  <message>
   <source>Looking at what is known</source>
   <translation>Bekanntes wird angesehen</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>Paused</source>
   <translation>Angehalten</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>What was proved is kept: the next search goes on from there</source>
   <translation>Bewiesenes bleibt: Die nächste Suche geht dort weiter</translation>
  </message>
  <message>
   <source>{n} of {total}</source>
   <translation>{n} von {total}</translation>
  </message>
  <message>
   <source>{time} left in this step</source>
   <translation>noch {time} in diesem Schritt</translation>
  </message>
 </context>
 <context>
  <name>QueryChip</name>
  <message>
   <source>Click to change it. Keys: + and − for more or less like it, ↑ ↓ weight, R region, Delete</source>
   <translation>Zum Ändern klicken. Tasten: + und − für mehr oder weniger davon, ↑ ↓ Gewicht, R Bereich, Entf</translation>
  </message>
  <message>
   <source>a region of it</source>
   <translation>ein Bereich davon</translation>
  </message>
  <message>
   <source>less like {name}</source>
   <translation>weniger wie {name}</translation>
  </message>
  <message>
   <source>more like {name}</source>
   <translation>mehr wie {name}</translation>
  </message>
  <message>
   <source>weight {weight}</source>
   <translation>Gewicht {weight}</translation>
  </message>
 </context>
 <context>
  <name>RegionCanvas</name>
  <message>
   <source>Box of {width} by {height} pixels at {x}, {y}</source>
   <translation>Rahmen von {width} mal {height} Pixeln bei {x}, {y}</translation>
  </message>
  <message>
   <source>Picture, no box yet. An arrow key draws one</source>
   <translation>Bild, noch ohne Rahmen. Eine Pfeiltaste zieht einen</translation>
  </message>
 </context>
 <context>
  <name>RegionPage</name>
  <message>
   <source>Cancel</source>
   <translation>Abbrechen</translation>
  </message>
  <message>
   <source>Choose a region</source>
   <translation>Bereich wählen</translation>
  </message>
  <message>
   <source>Draw a box on {name} around what you look for</source>
   <translation>Ziehen Sie auf {name} einen Rahmen um das, was Sie suchen</translation>
  </message>
  <message>
   <source>Reading the picture…</source>
   <translation>Das Bild wird gelesen …</translation>
  </message>
  <message>
   <source>Search this region</source>
   <translation>Diesen Bereich suchen</translation>
  </message>
  <message>
   <source>The box lies outside of the picture. Draw it on the picture.</source>
   <translation>Der Rahmen liegt außerhalb des Bildes. Ziehen Sie ihn auf dem Bild.</translation>
  </message>
  <message>
   <source>This picture cannot be shown: {why}</source>
   <translation>Dieses Bild kann nicht gezeigt werden: {why}</translation>
  </message>
  <message>
   <source>Turn</source>
   <translation>Drehen</translation>
  </message>
  <message>
   <source>Turn the picture under the box ([ and ], or the wheel)</source>
   <translation>Das Bild unter dem Rahmen drehen ([ und ] oder das Rad)</translation>
  </message>
  <message>
   <source>Turn the picture, degrees</source>
   <translation>Das Bild drehen, in Grad</translation>
  </message>
  <message>
   <source>Whole picture</source>
   <translation>Ganzes Bild</translation>
  </message>
 </context>
 <context>
  <name>RemotePicture</name>
  <message>
   <source>Fetch it</source>
   <translation>Abrufen</translation>
  </message>
  <message>
   <source>Fetch the picture from {host}? That server will see your address.</source>
   <translation>Das Bild von {host} abrufen? Dieser Server erfährt dabei Ihre Adresse.</translation>
  </message>
  <message>
   <source>Fetching the picture…</source>
   <translation>Das Bild wird abgerufen …</translation>
  </message>
  <message>
   <source>Only an address came, and nothing is fetched from the web. Copy the picture itself instead, or allow it in the settings.</source>
   <translation>Es kam nur eine Adresse, und aus dem Web wird nichts abgerufen. Kopieren Sie stattdessen das Bild selbst, oder erlauben Sie es in den Einstellungen.</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Anhalten</translation>
  </message>
 </context>
 <context>
  <name>ReviewActing</name>
  <message>
   <source>Choose</source>
   <translation>Wählen</translation>
  </message>
  <message>
   <source>Delete for good…</source>
   <translation>Endgültig löschen …</translation>
  </message>
  <message>
   <source>Move the copies into this folder</source>
   <translation>Die Kopien in diesen Ordner verschieben</translation>
  </message>
  <message>
   <source>Open the trash</source>
   <translation>Papierkorb öffnen</translation>
  </message>
  <message>
   <source>Stopped: {files} went, the rest stays.</source>
   <translation>Abgebrochen: {files} gingen, der Rest bleibt.</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>{files} are back where they were.</source>
   <translation>{files} sind zurück, wo sie waren.</translation>
  </message>
  <message>
   <source>{files} could not be brought back</source>
   <translation>{files} ließen sich nicht zurückholen</translation>
  </message>
  <message>
   <source>{files} stay where they are</source>
   <translation>{files} bleiben, wo sie sind</translation>
  </message>
 </context>
 <context>
  <name>ReviewControl</name>
  <message>
   <source>Applying the rules…</source>
   <translation>Die Regeln werden angewendet …</translation>
  </message>
  <message>
   <source>Nothing is left to look at here</source>
   <translation>Hier ist nichts mehr anzusehen</translation>
  </message>
  <message>
   <source>{n} of {total} files</source>
   <translation>{n} von {total} Dateien</translation>
  </message>
  <message>
   <source>{what}: {n} of {total}</source>
   <translation>{what}: {n} von {total}</translation>
  </message>
 </context>
 <context>
  <name>ReviewDeciding</name>
  <message>
   <source>{a} and {b} are not compared any more.</source>
   <translation>{a} und {b} werden nicht mehr verglichen.</translation>
  </message>
 </context>
 <context>
  <name>ReviewLists</name>
  <message>
   <source>1 shown, {size} to gain</source>
   <translation>1 gezeigt, {size} zu gewinnen</translation>
  </message>
  <message>
   <source>All kinds</source>
   <translation>Alle Arten</translation>
  </message>
  <message>
   <source>By name</source>
   <translation>Nach Namen</translation>
  </message>
  <message>
   <source>Copies ({n})</source>
   <translation>Kopien ({n})</translation>
  </message>
  <message>
   <source>In all folders</source>
   <translation>In allen Ordnern</translation>
  </message>
  <message>
   <source>In {folder}</source>
   <translation>In {folder}</translation>
  </message>
  <message>
   <source>Least sure first</source>
   <translation>Die unsichersten zuerst</translation>
  </message>
  <message>
   <source>Most to gain first</source>
   <translation>Der größte Gewinn zuerst</translation>
  </message>
  <message>
   <source>Not proved ({n})</source>
   <translation>Nicht bewiesen ({n})</translation>
  </message>
  <message>
   <source>Related ({n})</source>
   <translation>Verwandt ({n})</translation>
  </message>
  <message>
   <source>Stacks ({n})</source>
   <translation>Stapel ({n})</translation>
  </message>
  <message>
   <source>{n} shown, {size} to gain</source>
   <translation>{n} gezeigt, {size} zu gewinnen</translation>
  </message>
 </context>
 <context>
  <name>ReviewPage</name>
  <message>
   <source>Choose where to look…</source>
   <translation>Wählen, wo gesucht wird …</translation>
  </message>
  <message>
   <source>Compare all photos of the library with each other</source>
   <translation>Alle Fotos der Bibliothek miteinander vergleichen</translation>
  </message>
  <message>
   <source>Decisions…</source>
   <translation>Entscheidungen …</translation>
  </message>
  <message>
   <source>Duplicates</source>
   <translation>Duplikate</translation>
  </message>
  <message>
   <source>Find duplicates</source>
   <translation>Duplikate suchen</translation>
  </message>
  <message>
   <source>How far it is</source>
   <translation>Wie weit es ist</translation>
  </message>
  <message>
   <source>How sure</source>
   <translation>Wie sicher</translation>
  </message>
  <message>
   <source>Order of the groups</source>
   <translation>Reihenfolge der Gruppen</translation>
  </message>
  <message>
   <source>Rules</source>
   <translation>Regeln</translation>
  </message>
  <message>
   <source>Search…</source>
   <translation>Suchen …</translation>
  </message>
  <message>
   <source>Show the rules in place of the groups</source>
   <translation>Die Regeln an Stelle der Gruppen zeigen</translation>
  </message>
  <message>
   <source>Some folders, from one folder to another, or a folder outside</source>
   <translation>Einige Ordner, von einem Ordner zum anderen, oder ein Ordner außerhalb</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>Anhalten</translation>
  </message>
  <message>
   <source>Undecided only</source>
   <translation>Nur unentschiedene</translation>
  </message>
  <message>
   <source>What is done with the copies</source>
   <translation>Was mit den Kopien geschieht</translation>
  </message>
  <message>
   <source>What the rules come to</source>
   <translation>Was die Regeln ergeben</translation>
  </message>
  <message>
   <source>What went can be undone; the rest stays</source>
   <translation>Was ging, lässt sich zurückholen; der Rest bleibt</translation>
  </message>
  <message>
   <source>What you decided about duplicates: look through, revoke, carry elsewhere</source>
   <translation>Was Sie über Duplikate entschieden haben: ansehen, widerrufen, mitnehmen</translation>
  </message>
  <message>
   <source>Which folder</source>
   <translation>Welcher Ordner</translation>
  </message>
  <message>
   <source>Which kind of copies</source>
   <translation>Welche Art von Kopien</translation>
  </message>
  <message>
   <source>Which list</source>
   <translation>Welche Liste</translation>
  </message>
 </context>
 <context>
  <name>ReviewSearch</name>
  <message>
   <source>Copies of one picture, also cropped, turned, mirrored or saved anew; each proved. Nothing is selected until you or a rule of yours does it.</source>
   <translation>Kopien eines Bildes, auch beschnitten, gedreht, gespiegelt oder neu gespeichert; jede bewiesen. Nichts wird ausgewählt, bis Sie oder eine Ihrer Regeln es tun.</translation>
  </message>
  <message>
   <source>Find duplicates</source>
   <translation>Duplikate suchen</translation>
  </message>
  <message>
   <source>How far you got is not known: {why}.</source>
   <translation>Wie weit Sie waren, ist nicht bekannt: {why}.</translation>
  </message>
  <message>
   <source>No duplicates</source>
   <translation>Keine Duplikate</translation>
  </message>
  <message>
   <source>No two files hold the same picture; all were compared, in {n} s.</source>
   <translation>Keine zwei Dateien enthalten dasselbe Bild; alle wurden verglichen, in {n} s.</translation>
  </message>
  <message>
   <source>Stopped. What was proved is kept: the next search goes on from there.</source>
   <translation>Abgebrochen. Bewiesenes bleibt: Die nächste Suche geht dort weiter.</translation>
  </message>
  <message>
   <source>Stopping…</source>
   <translation>Wird abgebrochen …</translation>
  </message>
  <message>
   <source>{files} could not be compared; “Problems” on the left says why.</source>
   <translation>{files} ließen sich nicht vergleichen; „Probleme“ links sagt, warum.</translation>
  </message>
 </context>
 <context>
  <name>RuleDialog</name>
  <message>
   <source>&amp;Pattern; * stands for anything, as in IMG_* or * (2)*</source>
   <translation>&amp;Muster; * steht für Beliebiges, wie in IMG_* oder * (2)*</translation>
  </message>
  <message>
   <source>Add folder…</source>
   <translation>Ordner aufnehmen …</translation>
  </message>
  <message>
   <source>Choose</source>
   <translation>Wählen</translation>
  </message>
  <message>
   <source>Files in the first of these folders are kept, then in the next:</source>
   <translation>Dateien im ersten dieser Ordner werden behalten, dann im nächsten:</translation>
  </message>
  <message>
   <source>Folders, the first counts most</source>
   <translation>Ordner, der erste zählt am meisten</translation>
  </message>
  <message>
   <source>Keep files in this folder</source>
   <translation>Dateien in diesem Ordner behalten</translation>
  </message>
  <message>
   <source>Keep files whose name is not like that</source>
   <translation>Dateien behalten, deren Name nicht so lautet</translation>
  </message>
  <message>
   <source>Keep the smaller file, not the larger one</source>
   <translation>Die kleinere Datei behalten, nicht die größere</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
 </context>
 <context>
  <name>RulesControl</name>
  <message>
   <source>Hard links in their place</source>
   <translation>Harte Verknüpfungen an ihrer Stelle</translation>
  </message>
  <message>
   <source>In 1 group nothing is decided.</source>
   <translation>In 1 Gruppe ist nichts entschieden.</translation>
  </message>
  <message>
   <source>In {n} groups nothing is decided.</source>
   <translation>In {n} Gruppen ist nichts entschieden.</translation>
  </message>
  <message>
   <source>Into a folder</source>
   <translation>In einen Ordner</translation>
  </message>
  <message>
   <source>No identical files are marked</source>
   <translation>Keine identischen Dateien sind markiert</translation>
  </message>
  <message>
   <source>Nothing is marked</source>
   <translation>Nichts ist markiert</translation>
  </message>
  <message>
   <source>Nothing is marked to go.</source>
   <translation>Nichts ist zum Gehen markiert.</translation>
  </message>
  <message>
   <source>Rules (*.toml)</source>
   <translation>Regeln (*.toml)</translation>
  </message>
  <message>
   <source>Rules from a file</source>
   <translation>Regeln aus einer Datei</translation>
  </message>
  <message>
   <source>Symbolic links in their place</source>
   <translation>Symbolische Verknüpfungen an ihrer Stelle</translation>
  </message>
  <message>
   <source>The rules are in {file}.</source>
   <translation>Die Regeln sind in {file}.</translation>
  </message>
  <message>
   <source>To the trash</source>
   <translation>In den Papierkorb</translation>
  </message>
  <message>
   <source>Write these rules</source>
   <translation>Diese Regeln schreiben</translation>
  </message>
  <message>
   <source>{files} would go, {size}.</source>
   <translation>{files} würden gehen, {size}.</translation>
  </message>
 </context>
 <context>
  <name>RulesPanel</name>
  <message>
   <source>Add</source>
   <translation>Hinzufügen</translation>
  </message>
  <message>
   <source>Add a rule below this one</source>
   <translation>Eine Regel unter dieser hinzufügen</translation>
  </message>
  <message>
   <source>Load…</source>
   <translation>Laden …</translation>
  </message>
  <message>
   <source>May mark: nothing yet</source>
   <translation>Darf markieren: noch nichts</translation>
  </message>
  <message>
   <source>May mark: {n} kinds of copies</source>
   <translation>Darf markieren: {n} Arten von Kopien</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Remove this rule</source>
   <translation>Diese Regel entfernen</translation>
  </message>
  <message>
   <source>Rules from a TOML file</source>
   <translation>Regeln aus einer TOML-Datei</translation>
  </message>
  <message>
   <source>Rules mark only files that are: {kinds}</source>
   <translation>Regeln markieren nur Dateien, die so sind: {kinds}</translation>
  </message>
  <message>
   <source>Rules of your own</source>
   <translation>Eigene Regeln</translation>
  </message>
  <message>
   <source>Rules, the first that tells two files apart decides</source>
   <translation>Regeln; die erste, die zwei Dateien unterscheidet, entscheidet</translation>
  </message>
  <message>
   <source>Save…</source>
   <translation>Speichern …</translation>
  </message>
  <message>
   <source>This rule earlier</source>
   <translation>Diese Regel früher</translation>
  </message>
  <message>
   <source>This rule later</source>
   <translation>Diese Regel später</translation>
  </message>
  <message>
   <source>Which copies are kept</source>
   <translation>Welche Kopien behalten werden</translation>
  </message>
  <message>
   <source>Which one is kept</source>
   <translation>Welche behalten wird</translation>
  </message>
  <message>
   <source>Write these rules as TOML</source>
   <translation>Diese Regeln als TOML schreiben</translation>
  </message>
  <message>
   <source>Your own rules</source>
   <translation>Ihre eigenen Regeln</translation>
  </message>
 </context>
 <context>
  <name>ScopeDialog</name>
  <message>
   <source>A folder that is not in the library is compared with it: is any of this there already?</source>
   <translation>Ein Ordner außerhalb der Bibliothek wird mit ihr verglichen: Ist etwas davon schon da?</translation>
  </message>
  <message>
   <source>Add folder…</source>
   <translation>Ordner aufnehmen …</translation>
  </message>
  <message>
   <source>Choose</source>
   <translation>Wählen</translation>
  </message>
  <message>
   <source>Find duplicates</source>
   <translation>Duplikate suchen</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>From one of these folders to another only</source>
   <translation>Nur von einem dieser Ordner zum anderen</translation>
  </message>
  <message>
   <source>In the whole library</source>
   <translation>In der ganzen Bibliothek</translation>
  </message>
  <message>
   <source>In these folders, together</source>
   <translation>In diesen Ordnern zusammen</translation>
  </message>
  <message>
   <source>Reference folders</source>
   <translation>Bezugsordner</translation>
  </message>
  <message>
   <source>Reference folders are compared with the rest; nothing in them is ever selected.</source>
   <translation>Bezugsordner werden mit dem Rest verglichen; nichts darin wird je ausgewählt.</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Where to look for duplicates</source>
   <translation>Wo nach Duplikaten gesucht wird</translation>
  </message>
  <message>
   <source>Within each of these folders only</source>
   <translation>Nur innerhalb jedes dieser Ordner</translation>
  </message>
 </context>
 <context>
  <name>SearchBar</name>
  <message>
   <source>Clear the query</source>
   <translation>Suche verwerfen</translation>
  </message>
  <message>
   <source>Clear the query, back to all photos (Esc)</source>
   <translation>Suche verwerfen, zurück zu allen Fotos (Esc)</translation>
  </message>
  <message>
   <source>Drop, paste or open a picture to find photos like it</source>
   <translation>Bild ablegen, einfügen oder öffnen, um ähnliche Fotos zu finden</translation>
  </message>
  <message>
   <source>Menu</source>
   <translation>Menü</translation>
  </message>
  <message>
   <source>Query</source>
   <translation>Suche</translation>
  </message>
  <message>
   <source>and {n} more</source>
   <translation>und {n} weitere</translation>
  </message>
 </context>
 <context>
  <name>Searcher</name>
  <message>
   <source>Copies of {query}, proved first</source>
   <translation>Kopien von {query}, Bewiesenes zuerst</translation>
  </message>
  <message>
   <source>Photos laid out like {query}, best first</source>
   <translation>Fotos, angeordnet wie {query}, die besten zuerst</translation>
  </message>
  <message>
   <source>Photos like {query}, best first</source>
   <translation>Fotos wie {query}, die besten zuerst</translation>
  </message>
  <message>
   <source>Photos with the colours of {query}, best first</source>
   <translation>Fotos in den Farben von {query}, die besten zuerst</translation>
  </message>
  <message>
   <source>Searching…</source>
   <translation>Wird gesucht …</translation>
  </message>
  <message>
   <source>The same object or place as in {query}, proved first</source>
   <translation>Dasselbe Ding oder derselbe Ort wie in {query}, Bewiesenes zuerst</translation>
  </message>
  <message>
   <source>nothing proved among the {n} nearest</source>
   <translation>unter den {n} ähnlichsten ist nichts bewiesen</translation>
  </message>
  <message>
   <source>{n} looked at so far</source>
   <translation>{n} bisher angesehen</translation>
  </message>
  <message>
   <source>{n} pictures together</source>
   <translation>{n} Bilder zusammen</translation>
  </message>
 </context>
 <context>
  <name>SettingsControl</name>
  <message>
   <source>Some of these settings, marked *, are in force from the next start of the program on.</source>
   <translation>Einige dieser Einstellungen, mit * bezeichnet, gelten ab dem nächsten Start des Programms.</translation>
  </message>
 </context>
 <context>
  <name>SettingsDialog</name>
  <message>
   <source>(0: one for each core)</source>
   <translation>(0: einer je Prozessorkern)</translation>
  </message>
  <message>
   <source>* from the next start of the program on. All else is in force at once.</source>
   <translation>* ab dem nächsten Start des Programms. Alles andere gilt sofort.</translation>
  </message>
  <message>
   <source>A switch reads all photos again, in the background. Search goes on by the old encoder until all is done.</source>
   <translation>Ein Wechsel liest alle Fotos neu, im Hintergrund. Gesucht wird mit dem alten Encoder, bis alles fertig ist.</translation>
  </message>
  <message>
   <source>Add folder…</source>
   <translation>Ordner aufnehmen …</translation>
  </message>
  <message>
   <source>As the desktop</source>
   <translation>Wie die Arbeitsumgebung</translation>
  </message>
  <message>
   <source>At full speed</source>
   <translation>Mit voller Geschwindigkeit</translation>
  </message>
  <message>
   <source>Click into a line and press the new keys.</source>
   <translation>Klicken Sie in eine Zeile und drücken Sie die neuen Tasten.</translation>
  </message>
  <message>
   <source>Else nothing is ever fetched. * from the next start of the program on.</source>
   <translation>Sonst wird nie etwas abgerufen. * ab dem nächsten Start des Programms.</translation>
  </message>
  <message>
   <source>Encoder</source>
   <translation>Encoder</translation>
  </message>
  <message>
   <source>Files</source>
   <translation>Dateien</translation>
  </message>
  <message>
   <source>Folders</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Folders are added and forgotten at once; no file is touched.</source>
   <translation>Ordner werden sofort aufgenommen und vergessen; keine Datei wird angetastet.</translation>
  </message>
  <message>
   <source>Folders of the library</source>
   <translation>Ordner der Bibliothek</translation>
  </message>
  <message>
   <source>Follow changes in these folders while the window is open</source>
   <translation>Änderungen in diesen Ordnern verfolgen, solange das Fenster offen ist</translation>
  </message>
  <message>
   <source>Follow symbolic links to files and folders</source>
   <translation>Symbolischen Verknüpfungen zu Dateien und Ordnern folgen</translation>
  </message>
  <message>
   <source>Forget this folder…</source>
   <translation>Diesen Ordner vergessen …</translation>
  </message>
  <message>
   <source>In the background, behind other programs</source>
   <translation>Im Hintergrund, hinter anderen Programmen</translation>
  </message>
  <message>
   <source>Indexing</source>
   <translation>Einlesen</translation>
  </message>
  <message>
   <source>It is on the way to “{encoder}”.</source>
   <translation>Sie ist auf dem Weg zu „{encoder}“.</translation>
  </message>
  <message>
   <source>Keyboard</source>
   <translation>Tastatur</translation>
  </message>
  <message>
   <source>Keypoints, for proof, take at most</source>
   <translation>Merkmalspunkte, für Beweise, belegen höchstens</translation>
  </message>
  <message>
   <source>Language *</source>
   <translation>Sprache *</translation>
  </message>
  <message>
   <source>Leave out files and folders like</source>
   <translation>Diese Dateien und Ordner auslassen</translation>
  </message>
  <message>
   <source>Look at folders that send no events every</source>
   <translation>Ordner ohne Ereignisse ansehen alle</translation>
  </message>
  <message>
   <source>MB</source>
   <translation>MB</translation>
  </message>
  <message>
   <source>Memory for a difficult picture *</source>
   <translation>Speicher für ein schwieriges Bild *</translation>
  </message>
  <message>
   <source>Offer to fetch a picture from the web where only its address was dropped or pasted</source>
   <translation>Anbieten, ein Bild aus dem Web abzurufen, von dem nur die Adresse abgelegt oder eingefügt wurde</translation>
  </message>
  <message>
   <source>One pattern a line. * stands for anything; one with a slash is compared with the whole path.</source>
   <translation>Ein Muster je Zeile. * steht für Beliebiges; eines mit Schrägstrich wird mit dem ganzen Pfad verglichen.</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Suche</translation>
  </message>
  <message>
   <source>Search new camera photos by their small previews until they are read</source>
   <translation>Neue Kamerafotos nach ihren kleinen Vorschaubildern suchen, bis sie gelesen sind</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Einstellungen</translation>
  </message>
  <message>
   <source>Speed and storage</source>
   <translation>Tempo und Speicher</translation>
  </message>
  <message>
   <source>Switch</source>
   <translation>Wechseln</translation>
  </message>
  <message>
   <source>Take only files like (all pictures where this is empty)</source>
   <translation>Nur diese Dateien nehmen (alle Bilder, wo dies leer ist)</translation>
  </message>
  <message>
   <source>The library searches by “{encoder}”.</source>
   <translation>Die Bibliothek sucht mit „{encoder}“.</translation>
  </message>
  <message>
   <source>Threads that read pictures *</source>
   <translation>Threads, die Bilder lesen *</translation>
  </message>
  <message>
   <source>Thumbnails take at most</source>
   <translation>Vorschaubilder belegen höchstens</translation>
  </message>
  <message>
   <source>Time for a difficult picture *</source>
   <translation>Zeit für ein schwieriges Bild *</translation>
  </message>
  <message>
   <source>Window</source>
   <translation>Fenster</translation>
  </message>
  <message>
   <source>seconds</source>
   <translation>Sekunden</translation>
  </message>
  <message>
   <source>{why}. Mend the file, or move it away to have all as at first; it is left as it is.</source>
   <translation>{why}. Berichtigen Sie die Datei, oder verschieben Sie sie, um alles wie am Anfang zu haben; sie bleibt, wie sie ist.</translation>
  </message>
 </context>
 <context>
  <name>ShortcutSheet</name>
  <message>
   <source>Choose a region</source>
   <translation>Bereich wählen</translation>
  </message>
  <message>
   <source>Choose all</source>
   <translation>Alle auswählen</translation>
  </message>
  <message>
   <source>Count it more or less</source>
   <translation>Stärker oder schwächer gewichten</translation>
  </message>
  <message>
   <source>Ctrl and {keys}</source>
   <translation>Strg und {keys}</translation>
  </message>
  <message>
   <source>Difference, overlay, matches</source>
   <translation>Differenz, Überlagerung, Übereinstimmungen</translation>
  </message>
  <message>
   <source>Draw or move the box</source>
   <translation>Rahmen ziehen oder verschieben</translation>
  </message>
  <message>
   <source>In a comparison</source>
   <translation>In einem Vergleich</translation>
  </message>
  <message>
   <source>In small steps</source>
   <translation>In kleinen Schritten</translation>
  </message>
  <message>
   <source>In the window</source>
   <translation>Im Fenster</translation>
  </message>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>Tastenkürzel</translation>
  </message>
  <message>
   <source>Larger, smaller, fit, full size</source>
   <translation>Größer, kleiner, einpassen, volle Größe</translation>
  </message>
  <message>
   <source>Make it larger or smaller</source>
   <translation>Größer oder kleiner machen</translation>
  </message>
  <message>
   <source>More or less like it</source>
   <translation>Mehr oder weniger davon</translation>
  </message>
  <message>
   <source>On an example of the query</source>
   <translation>Auf einem Beispiel der Suche</translation>
  </message>
  <message>
   <source>On photos</source>
   <translation>Auf Fotos</translation>
  </message>
  <message>
   <source>On saved searches</source>
   <translation>Auf behaltenen Suchen</translation>
  </message>
  <message>
   <source>Open the photo</source>
   <translation>Das Foto öffnen</translation>
  </message>
  <message>
   <source>Remove it</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Rename</source>
   <translation>Umbenennen</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Suche</translation>
  </message>
  <message>
   <source>Shift and {keys}</source>
   <translation>Umschalt und {keys}</translation>
  </message>
  <message>
   <source>Show it large, and back</source>
   <translation>Groß zeigen, und zurück</translation>
  </message>
  <message>
   <source>Side by side, swipe, flicker</source>
   <translation>Nebeneinander, Wischen, Wechselbild</translation>
  </message>
  <message>
   <source>The keys of the window can be changed in the settings.</source>
   <translation>Die Tasten des Fensters lassen sich in den Einstellungen ändern.</translation>
  </message>
  <message>
   <source>The result before, the next</source>
   <translation>Das vorige Ergebnis, das nächste</translation>
  </message>
  <message>
   <source>Turn the picture</source>
   <translation>Das Bild drehen</translation>
  </message>
  <message>
   <source>While a region is chosen</source>
   <translation>Während ein Bereich gewählt wird</translation>
  </message>
  <message>
   <source>arrow keys</source>
   <translation>Pfeiltasten</translation>
  </message>
 </context>
 <context>
  <name>SideList</name>
  <message>
   <source>All photos</source>
   <translation>Alle Fotos</translation>
  </message>
  <message>
   <source>Duplicates</source>
   <translation>Duplikate</translation>
  </message>
  <message>
   <source>Forget this folder…</source>
   <translation>Diesen Ordner vergessen …</translation>
  </message>
  <message>
   <source>Has moved…</source>
   <translation>Ist umgezogen …</translation>
  </message>
  <message>
   <source>Look for changes</source>
   <translation>Nach Änderungen suchen</translation>
  </message>
  <message>
   <source>Missing</source>
   <translation>Fehlend</translation>
  </message>
  <message>
   <source>Photos whose files are gone from a drive that is here</source>
   <translation>Fotos, deren Dateien von einem verbundenen Laufwerk verschwunden sind</translation>
  </message>
  <message>
   <source>Places</source>
   <translation>Orte</translation>
  </message>
  <message>
   <source>Problems</source>
   <translation>Probleme</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Entfernen</translation>
  </message>
  <message>
   <source>Rename…</source>
   <translation>Umbenennen …</translation>
  </message>
  <message>
   <source>Saved search: {name}</source>
   <translation>Behaltene Suche: {name}</translation>
  </message>
  <message>
   <source>Search again</source>
   <translation>Erneut suchen</translation>
  </message>
  <message>
   <source>Show in folder</source>
   <translation>Im Ordner zeigen</translation>
  </message>
  <message>
   <source>changes by the clock</source>
   <translation>Änderungen nach der Uhr</translation>
  </message>
  <message>
   <source>network, changes by the clock</source>
   <translation>Netzwerk, Änderungen nach der Uhr</translation>
  </message>
  <message>
   <source>offline: drive {name}</source>
   <translation>nicht verbunden: Laufwerk {name}</translation>
  </message>
  <message>
   <source>offline: not there now</source>
   <translation>nicht verbunden: zurzeit nicht da</translation>
  </message>
  <message>
   <source>{n} missing</source>
   <translation>{n} fehlen</translation>
  </message>
 </context>
 <context>
  <name>ThresholdBar</name>
  <message>
   <source>Least similarity shown</source>
   <translation>Geringste gezeigte Ähnlichkeit</translation>
  </message>
  <message>
   <source>Show only photos at least so similar</source>
   <translation>Nur mindestens so ähnliche Fotos zeigen</translation>
  </message>
 </context>
 <context>
  <name>ThresholdSlider</name>
  <message>
   <source>All pairs, however sure</source>
   <translation>Alle Paare, wie sicher auch immer</translation>
  </message>
  <message>
   <source>Only pairs surer than {percent} %</source>
   <translation>Nur Paare sicherer als {percent} %</translation>
  </message>
  <message>
   <source>Pairs less sure than this do not count: groups fall apart where they stand on them</source>
   <translation>Weniger sichere Paare zählen nicht: Gruppen, die auf ihnen stehen, zerfallen</translation>
  </message>
  <message>
   <source>Show only pairs that are surer than</source>
   <translation>Nur Paare zeigen, die sicherer sind als</translation>
  </message>
 </context>
 <context>
  <name>Trashing</name>
  <message>
   <source>For {n} of them no other file here has the same bytes. {keys} takes back what was moved, and so does the trash.</source>
   <translation>Zu {n} davon gibt es hier keine andere Datei mit denselben Bytes. {keys} holt zurück, was verschoben wurde, und auch aus dem Papierkorb ist es zu holen.</translation>
  </message>
  <message>
   <source>Move to the trash</source>
   <translation>In den Papierkorb</translation>
  </message>
  <message>
   <source>Move {photos} to the trash?</source>
   <translation>{photos} in den Papierkorb legen?</translation>
  </message>
  <message>
   <source>No other file here has the same bytes. {keys} takes back what was moved, and so does the trash.</source>
   <translation>Keine andere Datei hier hat dieselben Bytes. {keys} holt zurück, was verschoben wurde, und auch aus dem Papierkorb ist es zu holen.</translation>
  </message>
  <message>
   <source>Only those with another copy</source>
   <translation>Nur die mit einer anderen Kopie</translation>
  </message>
  <message>
   <source>So do {n} more.</source>
   <translation>Ebenso {n} weitere.</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>{files} back out of the trash.</source>
   <translation>{files} aus dem Papierkorb zurückgeholt.</translation>
  </message>
  <message>
   <source>{files} moved to the trash.</source>
   <translation>{files} in den Papierkorb gelegt.</translation>
  </message>
  <message>
   <source>{files} stay: no other file here has the same bytes.</source>
   <translation>{files} bleiben: keine andere Datei hier hat dieselben Bytes.</translation>
  </message>
  <message>
   <source>{name} is not: {why}.</source>
   <translation>{name} nicht: {why}.</translation>
  </message>
  <message>
   <source>{name} stays: no other file here has the same bytes.</source>
   <translation>{name} bleibt: keine andere Datei hier hat dieselben Bytes.</translation>
  </message>
  <message>
   <source>{name} stays: {why}.</source>
   <translation>{name} bleibt: {why}.</translation>
  </message>
 </context>
 <context>
  <name>Watching</name>
  <message>
   <source>A new photo is a copy of another.</source>
   <translation>Ein neues Foto ist die Kopie eines anderen.</translation>
  </message>
  <message>
   <source>Nothing is lost. Make room on it, and indexing goes on.</source>
   <translation>Nichts ist verloren. Schaffen Sie dort Platz, dann geht das Einlesen weiter.</translation>
  </message>
  <message>
   <source>Show duplicates</source>
   <translation>Duplikate zeigen</translation>
  </message>
  <message>
   <source>The system allows no more folders to be watched. {folders}: changes are looked for by the clock, and F5 looks at once. What helps: a higher fs.inotify.max_user_watches.</source>
   <translation>Das System lässt keine weiteren überwachten Ordner zu. {folders}: Änderungen werden nach der Uhr gesucht, F5 sucht sofort. Abhilfe: ein höheres fs.inotify.max_user_watches.</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Erneut versuchen</translation>
  </message>
  <message>
   <source>You can look and search here meanwhile.</source>
   <translation>Ansehen und suchen können Sie hier inzwischen.</translation>
  </message>
  <message>
   <source>You can look and search; nothing new is taken in.</source>
   <translation>Sie können ansehen und suchen; Neues wird nicht aufgenommen.</translation>
  </message>
  <message>
   <source>{n} new photos are copies.</source>
   <translation>{n} neue Fotos sind Kopien.</translation>
  </message>
 </context>
 <context>
  <name>WaysIn</name>
  <message>
   <source>Add folder</source>
   <translation>Ordner aufnehmen</translation>
  </message>
  <message>
   <source>Add folders</source>
   <translation>Ordner aufnehmen</translation>
  </message>
  <message>
   <source>Add the folder {name} to the library? Its photos stay where they are, unchanged.</source>
   <translation>Den Ordner {name} in die Bibliothek aufnehmen? Die Fotos bleiben unverändert, wo sie sind.</translation>
  </message>
  <message>
   <source>Add {name} folders to the library? Their photos stay where they are, unchanged.</source>
   <translation>{name} Ordner in die Bibliothek aufnehmen? Die Fotos bleiben unverändert, wo sie sind.</translation>
  </message>
  <message>
   <source>Find photos like its pictures</source>
   <translation>Fotos wie seine Bilder suchen</translation>
  </message>
  <message>
   <source>Find photos like theirs</source>
   <translation>Fotos wie deren Bilder suchen</translation>
  </message>
  <message>
   <source>There is no picture on the clipboard. Copy a picture, a file or its path.</source>
   <translation>In der Zwischenablage ist kein Bild. Kopieren Sie ein Bild, eine Datei oder ihren Pfad.</translation>
  </message>
  <message>
   <source>{name} is not there any more.</source>
   <translation>{name} ist nicht mehr da.</translation>
  </message>
 </context>
 <context>
  <name>actions</name>
  <message>
   <source>Add a folder to the library</source>
   <translation>Einen Ordner in die Bibliothek aufnehmen</translation>
  </message>
  <message>
   <source>Add folder…</source>
   <translation>Ordner aufnehmen …</translation>
  </message>
  <message>
   <source>Add the selected photos as what is not wanted</source>
   <translation>Die ausgewählten Fotos als unerwünscht zur Suche hinzufügen</translation>
  </message>
  <message>
   <source>Add the selected photos to the query</source>
   <translation>Die ausgewählten Fotos zur Suche hinzufügen</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>Zurück</translation>
  </message>
  <message>
   <source>Back to all photos</source>
   <translation>Zurück zu allen Fotos</translation>
  </message>
  <message>
   <source>Choose the program to open the photo with</source>
   <translation>Das Programm wählen, mit dem das Foto geöffnet wird</translation>
  </message>
  <message>
   <source>Clear the query, back to all photos</source>
   <translation>Suche verwerfen, zurück zu allen Fotos</translation>
  </message>
  <message>
   <source>Close the window</source>
   <translation>Das Fenster schließen</translation>
  </message>
  <message>
   <source>Compare</source>
   <translation>Vergleichen</translation>
  </message>
  <message>
   <source>Compare a result with the query, or two photos</source>
   <translation>Ein Ergebnis mit dem Suchbild vergleichen, oder zwei Fotos</translation>
  </message>
  <message>
   <source>Compare two picture files</source>
   <translation>Zwei Bilddateien vergleichen</translation>
  </message>
  <message>
   <source>Compare two pictures…</source>
   <translation>Zwei Bilder vergleichen …</translation>
  </message>
  <message>
   <source>Copy path</source>
   <translation>Pfad kopieren</translation>
  </message>
  <message>
   <source>Copy picture</source>
   <translation>Bild kopieren</translation>
  </message>
  <message>
   <source>Copy the paths of the selected photos</source>
   <translation>Die Pfade der ausgewählten Fotos kopieren</translation>
  </message>
  <message>
   <source>Copy the picture itself and its file</source>
   <translation>Das Bild selbst und seine Datei kopieren</translation>
  </message>
  <message>
   <source>Find photos like a part of this one</source>
   <translation>Fotos suchen, die einem Teil dieses Fotos ähneln</translation>
  </message>
  <message>
   <source>Find photos like a picture file</source>
   <translation>Fotos suchen, die einer Bilddatei ähneln</translation>
  </message>
  <message>
   <source>Find photos like the copied picture or file</source>
   <translation>Fotos suchen, die dem kopierten Bild oder der Datei ähneln</translation>
  </message>
  <message>
   <source>Find photos like the selected ones</source>
   <translation>Fotos suchen, die den ausgewählten ähneln</translation>
  </message>
  <message>
   <source>Find similar</source>
   <translation>Ähnliche suchen</translation>
  </message>
  <message>
   <source>Folders, encoder, limits, watching, shortcuts</source>
   <translation>Ordner, Encoder, Grenzen, Überwachung, Tasten</translation>
  </message>
  <message>
   <source>Forward</source>
   <translation>Vor</translation>
  </message>
  <message>
   <source>Keep this search in the list on the left</source>
   <translation>Diese Suche in der Liste links behalten</translation>
  </message>
  <message>
   <source>Keep this search…</source>
   <translation>Diese Suche behalten …</translation>
  </message>
  <message>
   <source>Keyboard shortcuts</source>
   <translation>Tastenkürzel</translation>
  </message>
  <message>
   <source>Laboratory…</source>
   <translation>Labor …</translation>
  </message>
  <message>
   <source>Less like this</source>
   <translation>Weniger davon</translation>
  </message>
  <message>
   <source>Look for changes</source>
   <translation>Nach Änderungen suchen</translation>
  </message>
  <message>
   <source>Look for changes in the library's folders</source>
   <translation>In den Ordnern der Bibliothek nach Änderungen suchen</translation>
  </message>
  <message>
   <source>Map of the photos</source>
   <translation>Karte der Fotos</translation>
  </message>
  <message>
   <source>More like this</source>
   <translation>Mehr davon</translation>
  </message>
  <message>
   <source>Move the selected files to the trash</source>
   <translation>Die ausgewählten Dateien in den Papierkorb verschieben</translation>
  </message>
  <message>
   <source>Move to the trash</source>
   <translation>In den Papierkorb verschieben</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Öffnen</translation>
  </message>
  <message>
   <source>Open picture…</source>
   <translation>Bild öffnen …</translation>
  </message>
  <message>
   <source>Open with the desktop's program (Enter)</source>
   <translation>Mit dem Programm der Arbeitsumgebung öffnen (Eingabe)</translation>
  </message>
  <message>
   <source>Open with…</source>
   <translation>Öffnen mit …</translation>
  </message>
  <message>
   <source>Paste picture</source>
   <translation>Bild einfügen</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>Vorschau</translation>
  </message>
  <message>
   <source>Quit</source>
   <translation>Beenden</translation>
  </message>
  <message>
   <source>Search a region…</source>
   <translation>Einen Bereich suchen …</translation>
  </message>
  <message>
   <source>See all photos as a map, like ones near each other</source>
   <translation>Alle Fotos als Karte sehen, Ähnliches beieinander</translation>
  </message>
  <message>
   <source>Settings…</source>
   <translation>Einstellungen …</translation>
  </message>
  <message>
   <source>Show all shortcuts</source>
   <translation>Alle Tastenkürzel zeigen</translation>
  </message>
  <message>
   <source>Show in folder</source>
   <translation>Im Ordner zeigen</translation>
  </message>
  <message>
   <source>Show the file in its folder</source>
   <translation>Die Datei in ihrem Ordner zeigen</translation>
  </message>
  <message>
   <source>Show the photo large (Space)</source>
   <translation>Das Foto groß zeigen (Leertaste)</translation>
  </message>
  <message>
   <source>Take the last files back out of the trash</source>
   <translation>Die letzten Dateien aus dem Papierkorb zurückholen</translation>
  </message>
  <message>
   <source>To what was shown after this</source>
   <translation>Zu dem, was danach gezeigt wurde</translation>
  </message>
  <message>
   <source>To what was shown before</source>
   <translation>Zu dem, was vorher gezeigt wurde</translation>
  </message>
  <message>
   <source>Try methods of finding on a folder, side by side</source>
   <translation>Verfahren der Suche an einem Ordner nebeneinander erproben</translation>
  </message>
  <message>
   <source>Undo moving to the trash</source>
   <translation>Verschieben in den Papierkorb rückgängig machen</translation>
  </message>
 </context>
 <context>
  <name>chooser</name>
  <message>
   <source>Add a folder to the library</source>
   <translation>Einen Ordner in die Bibliothek aufnehmen</translation>
  </message>
  <message>
   <source>Add folder</source>
   <translation>Ordner aufnehmen</translation>
  </message>
  <message>
   <source>All files (*)</source>
   <translation>Alle Dateien (*)</translation>
  </message>
  <message>
   <source>Compare</source>
   <translation>Vergleichen</translation>
  </message>
  <message>
   <source>Compare two pictures</source>
   <translation>Zwei Bilder vergleichen</translation>
  </message>
  <message>
   <source>Find</source>
   <translation>Suchen</translation>
  </message>
  <message>
   <source>Find photos like these pictures</source>
   <translation>Fotos wie diese Bilder suchen</translation>
  </message>
  <message>
   <source>It is here</source>
   <translation>Er ist hier</translation>
  </message>
  <message>
   <source>Where is {folder} now?</source>
   <translation>Wo ist {folder} jetzt?</translation>
  </message>
 </context>
 <context>
  <name>decisions</name>
  <message>
   <source>Ignore</source>
   <translation>Übergehen</translation>
  </message>
  <message>
   <source>Ignore these folders</source>
   <translation>Diese Ordner übergehen</translation>
  </message>
  <message>
   <source>Keep both</source>
   <translation>Beide behalten</translation>
  </message>
  <message>
   <source>Not a duplicate</source>
   <translation>Kein Duplikat</translation>
  </message>
  <message>
   <source>Prefer the first</source>
   <translation>Das erste vorziehen</translation>
  </message>
 </context>
 <context>
  <name>error_words</name>
  <message>
   <source>a file of the library is damaged</source>
   <translation>eine Datei der Bibliothek ist beschädigt</translation>
  </message>
  <message>
   <source>a hard link cannot lead to another drive</source>
   <translation>ein harter Link kann nicht auf ein anderes Laufwerk führen</translation>
  </message>
  <message>
   <source>a package that this needs is not installed</source>
   <translation>ein Paket, das dafür nötig ist, ist nicht installiert</translation>
  </message>
  <message>
   <source>another encoder was chosen meanwhile</source>
   <translation>inzwischen wurde ein anderer Encoder gewählt</translation>
  </message>
  <message>
   <source>another file is in its place now</source>
   <translation>an seiner Stelle ist jetzt eine andere Datei</translation>
  </message>
  <message>
   <source>another process is at work on the library</source>
   <translation>ein anderer Prozess arbeitet an der Bibliothek</translation>
  </message>
  <message>
   <source>decoding it takes more memory than it may have</source>
   <translation>es zu dekodieren braucht mehr Speicher, als es haben darf</translation>
  </message>
  <message>
   <source>decoding it takes too long</source>
   <translation>es zu dekodieren dauert zu lange</translation>
  </message>
  <message>
   <source>interrupted before anything was done to it</source>
   <translation>unterbrochen, bevor etwas damit geschah</translation>
  </message>
  <message>
   <source>it has changed meanwhile</source>
   <translation>es hat sich inzwischen geändert</translation>
  </message>
  <message>
   <source>it is a link and holds no picture itself</source>
   <translation>es ist ein Link und enthält selbst kein Bild</translation>
  </message>
  <message>
   <source>it is not one of the library's folders</source>
   <translation>das ist keiner der Ordner der Bibliothek</translation>
  </message>
  <message>
   <source>it is not there any more</source>
   <translation>es ist nicht mehr da</translation>
  </message>
  <message>
   <source>it is the same file by another name</source>
   <translation>es ist dieselbe Datei unter anderem Namen</translation>
  </message>
  <message>
   <source>it lies in that folder already</source>
   <translation>es liegt schon in diesem Ordner</translation>
  </message>
  <message>
   <source>it was deleted for good</source>
   <translation>es wurde endgültig gelöscht</translation>
  </message>
  <message>
   <source>its decoder crashed</source>
   <translation>das Programm, das es dekodiert, ist abgestürzt</translation>
  </message>
  <message>
   <source>its drive is away</source>
   <translation>das Laufwerk ist nicht da</translation>
  </message>
  <message>
   <source>its drive is away; plug it in first</source>
   <translation>das Laufwerk ist nicht da; schließen Sie es erst an</translation>
  </message>
  <message>
   <source>moving it to the trash failed</source>
   <translation>es in den Papierkorb zu legen ist misslungen</translation>
  </message>
  <message>
   <source>no process for decoding can be started</source>
   <translation>es lässt sich kein Prozess zum Dekodieren starten</translation>
  </message>
  <message>
   <source>none of the photos can be read now; the library keeps its encoder</source>
   <translation>keines der Fotos kann gelesen werden; die Bibliothek behält ihren Encoder</translation>
  </message>
  <message>
   <source>nothing of that name is known</source>
   <translation>unter diesem Namen ist nichts bekannt</translation>
  </message>
  <message>
   <source>nothing was done: no other copy would be left</source>
   <translation>nichts wurde getan: Es bliebe keine andere Kopie</translation>
  </message>
  <message>
   <source>only identical bytes can be replaced by a link</source>
   <translation>nur gleiche Bytes können durch einen Link ersetzt werden</translation>
  </message>
  <message>
   <source>plus and minus examples cancel out: nothing is left to search for</source>
   <translation>Plus- und Minus-Beispiele heben sich auf: Es bleibt nichts, wonach zu suchen wäre</translation>
  </message>
  <message>
   <source>stopped before its turn</source>
   <translation>angehalten, bevor es an der Reihe war</translation>
  </message>
  <message>
   <source>the box does not lie on the picture</source>
   <translation>der Rahmen liegt nicht auf dem Bild</translation>
  </message>
  <message>
   <source>the catalog cannot be written to</source>
   <translation>in den Katalog kann nicht geschrieben werden</translation>
  </message>
  <message>
   <source>the catalog is damaged</source>
   <translation>der Katalog ist beschädigt</translation>
  </message>
  <message>
   <source>the colours of no photo are known yet; look for changes in its folder again</source>
   <translation>von keinem Foto sind die Farben bekannt; suchen Sie in den Ordnern noch einmal nach Änderungen</translation>
  </message>
  <message>
   <source>the decisions cannot be read</source>
   <translation>die Entscheidungen lassen sich nicht lesen</translation>
  </message>
  <message>
   <source>the disk is full</source>
   <translation>der Datenträger ist voll</translation>
  </message>
  <message>
   <source>the file cannot be read</source>
   <translation>die Datei kann nicht gelesen werden</translation>
  </message>
  <message>
   <source>the file is empty</source>
   <translation>die Datei ist leer</translation>
  </message>
  <message>
   <source>the file is not there any more</source>
   <translation>die Datei ist nicht mehr da</translation>
  </message>
  <message>
   <source>the file to keep has changed</source>
   <translation>die Datei, die bleiben soll, hat sich geändert</translation>
  </message>
  <message>
   <source>the file to keep is not there any more</source>
   <translation>die Datei, die bleiben soll, ist nicht mehr da</translation>
  </message>
  <message>
   <source>the folder of the library cannot be made</source>
   <translation>der Ordner der Bibliothek kann nicht angelegt werden</translation>
  </message>
  <message>
   <source>the library cannot be written to</source>
   <translation>in die Bibliothek kann nicht geschrieben werden</translation>
  </message>
  <message>
   <source>the library does not know this photo</source>
   <translation>die Bibliothek kennt dieses Foto nicht</translation>
  </message>
  <message>
   <source>the library has no photos there</source>
   <translation>die Bibliothek hat dort keine Fotos</translation>
  </message>
  <message>
   <source>the library was made by a newer version of this program; nothing was changed</source>
   <translation>die Bibliothek stammt von einer neueren Version dieses Programms; nichts wurde geändert</translation>
  </message>
  <message>
   <source>the map could not be made: open it once more</source>
   <translation>die Karte konnte nicht erstellt werden: bitte noch einmal öffnen</translation>
  </message>
  <message>
   <source>the network cannot be used</source>
   <translation>das Netz ist nicht zu gebrauchen</translation>
  </message>
  <message>
   <source>the network's file cannot be read</source>
   <translation>die Datei des Netzes kann nicht gelesen werden</translation>
  </message>
  <message>
   <source>the picture is damaged</source>
   <translation>das Bild ist beschädigt</translation>
  </message>
  <message>
   <source>the picture is too large</source>
   <translation>das Bild ist zu groß</translation>
  </message>
  <message>
   <source>the picture was not fetched from the web</source>
   <translation>das Bild wurde nicht aus dem Web geholt</translation>
  </message>
  <message>
   <source>the rules cannot be used</source>
   <translation>die Regeln sind nicht zu gebrauchen</translation>
  </message>
  <message>
   <source>the saved searches cannot be read</source>
   <translation>die gespeicherten Suchen lassen sich nicht lesen</translation>
  </message>
  <message>
   <source>the settings cannot be used</source>
   <translation>die Einstellungen sind nicht zu gebrauchen</translation>
  </message>
  <message>
   <source>the settings cannot be written</source>
   <translation>die Einstellungen können nicht geschrieben werden</translation>
  </message>
  <message>
   <source>the sidecar file cannot be used</source>
   <translation>die Begleitdatei ist nicht zu gebrauchen</translation>
  </message>
  <message>
   <source>the system did not say where it put it: take it out of the trash</source>
   <translation>das System hat nicht gesagt, wo es liegt: Holen Sie es aus dem Papierkorb</translation>
  </message>
  <message>
   <source>the system reports an error</source>
   <translation>das System meldet einen Fehler</translation>
  </message>
  <message>
   <source>the trash did not take it</source>
   <translation>der Papierkorb hat es nicht genommen</translation>
  </message>
  <message>
   <source>there is no library</source>
   <translation>es gibt keine Bibliothek</translation>
  </message>
  <message>
   <source>there is no such folder now</source>
   <translation>diesen Ordner gibt es nicht</translation>
  </message>
  <message>
   <source>there is nothing to undo</source>
   <translation>es gibt nichts rückgängig zu machen</translation>
  </message>
  <message>
   <source>this drive has no such links</source>
   <translation>dieses Laufwerk hat keine solchen Links</translation>
  </message>
  <message>
   <source>this format cannot be read here</source>
   <translation>dieses Format kann hier nicht gelesen werden</translation>
  </message>
  <message>
   <source>this is another folder: the known photos are not in it</source>
   <translation>das ist ein anderer Ordner: Die bekannten Fotos sind nicht darin</translation>
  </message>
  <message>
   <source>this is no picture, or of a kind that is not known</source>
   <translation>das ist kein Bild, oder eines von unbekannter Art</translation>
  </message>
  <message>
   <source>this is not the network that is asked for</source>
   <translation>das ist nicht das verlangte Netz</translation>
  </message>
  <message>
   <source>this name cannot be used: it is empty, or taken</source>
   <translation>dieser Name geht nicht: Er ist leer oder vergeben</translation>
  </message>
  <message>
   <source>this photo is not indexed yet</source>
   <translation>dieses Foto ist noch nicht indiziert</translation>
  </message>
  <message>
   <source>this search cannot be read</source>
   <translation>diese Suche lässt sich nicht lesen</translation>
  </message>
 </context>
 <context>
  <name>photo_state</name>
  <message>
   <source>Missing</source>
   <translation>Fehlend</translation>
  </message>
  <message>
   <source>Offline</source>
   <translation>Nicht verbunden</translation>
  </message>
  <message>
   <source>Preview</source>
   <translation>Vorschau</translation>
  </message>
  <message>
   <source>missing: the file is not there any more</source>
   <translation>fehlend: die Datei ist nicht mehr da</translation>
  </message>
  <message>
   <source>offline, on drive {name}</source>
   <translation>nicht verbunden, auf Laufwerk {name}</translation>
  </message>
  <message>
   <source>offline: its folder is not there now</source>
   <translation>nicht verbunden: sein Ordner ist gerade nicht da</translation>
  </message>
  <message>
   <source>provisional: not fully indexed yet</source>
   <translation>vorläufig: noch nicht ganz eingelesen</translation>
  </message>
 </context>
 <context>
  <name>review_actions</name>
  <message>
   <source>Always prefer this one</source>
   <translation>Dieses immer vorziehen</translation>
  </message>
  <message>
   <source>Compare</source>
   <translation>Vergleichen</translation>
  </message>
  <message>
   <source>Compare with the one that is kept (Enter)</source>
   <translation>Mit dem vergleichen, das behalten wird (Eingabe)</translation>
  </message>
  <message>
   <source>Copies, and both are wanted: not shown again</source>
   <translation>Kopien, und beide sind gewünscht: nicht mehr gezeigt</translation>
  </message>
  <message>
   <source>Difference</source>
   <translation>Differenz</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Fertig</translation>
  </message>
  <message>
   <source>Flick between the two (Tab or `)</source>
   <translation>Zwischen beiden wechseln (Tab oder `)</translation>
  </message>
  <message>
   <source>Flicker</source>
   <translation>Wechselbild</translation>
  </message>
  <message>
   <source>From the members to the groups, and back</source>
   <translation>Von den Mitgliedern zu den Gruppen, und zurück</translation>
  </message>
  <message>
   <source>Ignore these two folders</source>
   <translation>Diese zwei Ordner übergehen</translation>
  </message>
  <message>
   <source>Ignore this pair</source>
   <translation>Dieses Paar übergehen</translation>
  </message>
  <message>
   <source>Keep</source>
   <translation>Behalten</translation>
  </message>
  <message>
   <source>Keep both, always</source>
   <translation>Immer beide behalten</translation>
  </message>
  <message>
   <source>Keep this file, whatever the rules say; again takes it back</source>
   <translation>Diese Datei behalten, was immer die Regeln sagen; noch einmal nimmt es zurück</translation>
  </message>
  <message>
   <source>Kept rather than the others, before any rule</source>
   <translation>Eher behalten als die anderen, vor jeder Regel</translation>
  </message>
  <message>
   <source>Let go</source>
   <translation>Gehen lassen</translation>
  </message>
  <message>
   <source>Let this file go, whatever the rules say; again takes it back</source>
   <translation>Diese Datei gehen lassen, was immer die Regeln sagen; noch einmal nimmt es zurück</translation>
  </message>
  <message>
   <source>Matches</source>
   <translation>Übereinstimmungen</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Weiter</translation>
  </message>
  <message>
   <source>Not a duplicate</source>
   <translation>Kein Duplikat</translation>
  </message>
  <message>
   <source>Not shown again</source>
   <translation>Nicht mehr gezeigt</translation>
  </message>
  <message>
   <source>Previous</source>
   <translation>Zurück</translation>
  </message>
  <message>
   <source>Show in folder</source>
   <translation>Im Ordner zeigen</translation>
  </message>
  <message>
   <source>Show the file in its folder</source>
   <translation>Die Datei in ihrem Ordner zeigen</translation>
  </message>
  <message>
   <source>Show the matches that prove it</source>
   <translation>Die Übereinstimmungen zeigen, die es beweisen</translation>
  </message>
  <message>
   <source>Show where the two differ</source>
   <translation>Zeigen, wo sich beide unterscheiden</translation>
  </message>
  <message>
   <source>Take back the last step, or the last clean-up, also after a restart</source>
   <translation>Den letzten Schritt oder das letzte Aufräumen zurücknehmen, auch nach einem Neustart</translation>
  </message>
  <message>
   <source>The group before</source>
   <translation>Die vorige Gruppe</translation>
  </message>
  <message>
   <source>The next group; this one is done, if anything in it goes</source>
   <translation>Die nächste Gruppe; diese ist fertig, wenn etwas darin geht</translation>
  </message>
  <message>
   <source>This is no copy of the others: remembered by content</source>
   <translation>Das ist keine Kopie der anderen: nach dem Inhalt gemerkt</translation>
  </message>
  <message>
   <source>To the groups and back</source>
   <translation>Zu den Gruppen und zurück</translation>
  </message>
  <message>
   <source>Undo</source>
   <translation>Rückgängig</translation>
  </message>
  <message>
   <source>What is in both of them is not shown again</source>
   <translation>Was in beiden ist, wird nicht mehr gezeigt</translation>
  </message>
  <message>
   <source>You have looked through this group</source>
   <translation>Sie haben diese Gruppe durchgesehen</translation>
  </message>
 </context>
 <context>
  <name>review_facts</name>
  <message>
   <source>quality {n}</source>
   <translation>Qualität {n}</translation>
  </message>
  <message>
   <source>sharpness {n}</source>
   <translation>Schärfe {n}</translation>
  </message>
 </context>
 <context>
  <name>review_questions</name>
  <message>
   <source>Also {files} that belong to a raw file, a film or a sidecar, and are torn from it ({names})</source>
   <translation>Auch {files}, die zu einem Raw, einem Film oder einer Begleitdatei gehören und davon getrennt werden ({names})</translation>
  </message>
  <message>
   <source>Before each one goes, the file that stays is read again and compared.</source>
   <translation>Bevor eine geht, wird die bleibende Datei noch einmal gelesen und verglichen.</translation>
  </message>
  <message>
   <source>Delete for good</source>
   <translation>Endgültig löschen</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Datei</translation>
  </message>
  <message>
   <source>Folder</source>
   <translation>Ordner</translation>
  </message>
  <message>
   <source>Move</source>
   <translation>Verschieben</translation>
  </message>
  <message>
   <source>Move to the trash</source>
   <translation>In den Papierkorb verschieben</translation>
  </message>
  <message>
   <source>Replace by links</source>
   <translation>Durch Verknüpfungen ersetzen</translation>
  </message>
  <message>
   <source>The trash did not take these files. A proved copy of each stays. This cannot be undone.</source>
   <translation>Der Papierkorb nahm diese Dateien nicht. Von jeder bleibt eine bewiesene Kopie. Das lässt sich nicht rückgängig machen.</translation>
  </message>
  <message>
   <source>They go into {folder}.</source>
   <translation>Sie kommen in {folder}.</translation>
  </message>
  <message>
   <source>Why it stays</source>
   <translation>Warum sie bleibt</translation>
  </message>
  <message>
   <source>and {n} more</source>
   <translation>und {n} weitere</translation>
  </message>
  <message>
   <source>{n} of these groups are hidden by the filter now.</source>
   <translation>{n} dieser Gruppen verbirgt jetzt der Filter.</translation>
  </message>
  <message>
   <source>{what}: {files}, {size}</source>
   <translation>{what}: {files}, {size}</translation>
  </message>
 </context>
 <context>
  <name>review_rule_words</name>
  <message>
   <source>By its name…</source>
   <translation>Nach dem Namen …</translation>
  </message>
  <message>
   <source>Copies that were only scaled down or compressed again: the best stays</source>
   <translation>Kopien, die nur verkleinert oder neu komprimiert wurden: die beste bleibt</translation>
  </message>
  <message>
   <source>In a folder of a list…</source>
   <translation>In einem Ordner einer Liste …</translation>
  </message>
  <message>
   <source>In this order of folders: {folders}</source>
   <translation>In dieser Reihenfolge der Ordner: {folders}</translation>
  </message>
  <message>
   <source>Keep the best quality</source>
   <translation>Die beste Qualität behalten</translation>
  </message>
  <message>
   <source>Keep what came from the camera</source>
   <translation>Behalten, was aus der Kamera kam</translation>
  </message>
  <message>
   <source>Less compressed</source>
   <translation>Weniger komprimiert</translation>
  </message>
  <message>
   <source>More in its EXIF</source>
   <translation>Mehr in den EXIF-Daten</translation>
  </message>
  <message>
   <source>More pixels</source>
   <translation>Mehr Pixel</translation>
  </message>
  <message>
   <source>Name like {pattern}</source>
   <translation>Name wie {pattern}</translation>
  </message>
  <message>
   <source>Name not like {pattern}</source>
   <translation>Name nicht wie {pattern}</translation>
  </message>
  <message>
   <source>Nothing is marked by rule</source>
   <translation>Keine Regel markiert etwas</translation>
  </message>
  <message>
   <source>Nothing is marked until you do it</source>
   <translation>Nichts ist markiert, bis Sie es tun</translation>
  </message>
  <message>
   <source>Only identical files</source>
   <translation>Nur identische Dateien</translation>
  </message>
  <message>
   <source>Only identical files: the one with the more original name stays</source>
   <translation>Nur identische Dateien: die mit dem ursprünglicheren Namen bleibt</translation>
  </message>
  <message>
   <source>Sharper</source>
   <translation>Schärfer</translation>
  </message>
  <message>
   <source>Taken first</source>
   <translation>Zuerst aufgenommen</translation>
  </message>
  <message>
   <source>The format nearest to the camera</source>
   <translation>Das Format, das der Kamera am nächsten ist</translation>
  </message>
  <message>
   <source>The larger file</source>
   <translation>Die größere Datei</translation>
  </message>
  <message>
   <source>The smaller file</source>
   <translation>Die kleinere Datei</translation>
  </message>
  <message>
   <source>The whole picture, not a crop</source>
   <translation>Das ganze Bild, kein Ausschnitt</translation>
  </message>
  <message>
   <source>What comes from the camera stays; what was edited is left to you</source>
   <translation>Was aus der Kamera kommt, bleibt; über Bearbeitetes entscheiden Sie</translation>
  </message>
  <message>
   <source>compressed again</source>
   <translation>neu komprimiert</translation>
  </message>
  <message>
   <source>cropped</source>
   <translation>beschnitten</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>bearbeitet</translation>
  </message>
  <message>
   <source>framed</source>
   <translation>gerahmt</translation>
  </message>
  <message>
   <source>identical files</source>
   <translation>identische Dateien</translation>
  </message>
  <message>
   <source>identical pixels</source>
   <translation>identische Pixel</translation>
  </message>
  <message>
   <source>mirrored</source>
   <translation>gespiegelt</translation>
  </message>
  <message>
   <source>resized</source>
   <translation>andere Größe</translation>
  </message>
  <message>
   <source>turned</source>
   <translation>gedreht</translation>
  </message>
 </context>
 <context>
  <name>review_words</name>
  <message>
   <source>Burst</source>
   <translation>Serie</translation>
  </message>
  <message>
   <source>Copy of one: {what}</source>
   <translation>Kopie von einem: {what}</translation>
  </message>
  <message>
   <source>Ctrl+Z brings them back, also after a restart.</source>
   <translation>Strg+Z holt sie zurück, auch nach einem Neustart.</translation>
  </message>
  <message>
   <source>Delete {files} ({size}) for good…</source>
   <translation>{files} ({size}) endgültig löschen …</translation>
  </message>
  <message>
   <source>Edited copies</source>
   <translation>Bearbeitete Kopien</translation>
  </message>
  <message>
   <source>Edited, with a sidecar</source>
   <translation>Bearbeitet, mit Begleitdatei</translation>
  </message>
  <message>
   <source>Goes</source>
   <translation>Geht</translation>
  </message>
  <message>
   <source>Identical files</source>
   <translation>Identische Dateien</translation>
  </message>
  <message>
   <source>Identical pixels</source>
   <translation>Identische Pixel</translation>
  </message>
  <message>
   <source>Keep</source>
   <translation>Behalten</translation>
  </message>
  <message>
   <source>Live Photo</source>
   <translation>Live Photo</translation>
  </message>
  <message>
   <source>Look alike</source>
   <translation>Ähnlich aussehend</translation>
  </message>
  <message>
   <source>Move {files} ({size}) into a folder…</source>
   <translation>{files} ({size}) in einen Ordner verschieben …</translation>
  </message>
  <message>
   <source>Move {files} ({size}) to the trash…</source>
   <translation>{files} ({size}) in den Papierkorb verschieben …</translation>
  </message>
  <message>
   <source>Raw and JPEG</source>
   <translation>Raw und JPEG</translation>
  </message>
  <message>
   <source>Replace {files} ({size}) by hard links…</source>
   <translation>{files} ({size}) durch harte Verknüpfungen ersetzen …</translation>
  </message>
  <message>
   <source>Replace {files} ({size}) by symbolic links…</source>
   <translation>{files} ({size}) durch symbolische Verknüpfungen ersetzen …</translation>
  </message>
  <message>
   <source>Same scene</source>
   <translation>Dieselbe Szene</translation>
  </message>
  <message>
   <source>This cannot be undone.</source>
   <translation>Das lässt sich nicht rückgängig machen.</translation>
  </message>
  <message>
   <source>Undecided</source>
   <translation>Unentschieden</translation>
  </message>
  <message>
   <source>a copy</source>
   <translation>eine Kopie</translation>
  </message>
  <message>
   <source>a crop</source>
   <translation>ein Ausschnitt</translation>
  </message>
  <message>
   <source>another crop</source>
   <translation>ein anderer Ausschnitt</translation>
  </message>
  <message>
   <source>cropped</source>
   <translation>beschnitten</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>bearbeitet</translation>
  </message>
  <message>
   <source>framed</source>
   <translation>gerahmt</translation>
  </message>
  <message>
   <source>it is not proved to be a copy of a whole group: no rule ever selects it</source>
   <translation>nicht als Kopie einer ganzen Gruppe bewiesen: keine Regel wählt es je aus</translation>
  </message>
  <message>
   <source>mirrored</source>
   <translation>gespiegelt</translation>
  </message>
  <message>
   <source>re-encoded</source>
   <translation>neu kodiert</translation>
  </message>
  <message>
   <source>resized</source>
   <translation>andere Größe</translation>
  </message>
  <message>
   <source>shows more</source>
   <translation>zeigt mehr</translation>
  </message>
  <message>
   <source>the same bytes</source>
   <translation>dieselben Bytes</translation>
  </message>
  <message>
   <source>the same pixels in another file</source>
   <translation>dieselben Pixel in einer anderen Datei</translation>
  </message>
  <message>
   <source>turned</source>
   <translation>gedreht</translation>
  </message>
  <message>
   <source>{files} ({size}) are deleted for good.</source>
   <translation>{files} ({size}) sind endgültig gelöscht.</translation>
  </message>
  <message>
   <source>{files} ({size}) are hard links now.</source>
   <translation>{files} ({size}) sind jetzt harte Verknüpfungen.</translation>
  </message>
  <message>
   <source>{files} ({size}) are in the trash.</source>
   <translation>{files} ({size}) sind im Papierkorb.</translation>
  </message>
  <message>
   <source>{files} ({size}) are symbolic links now.</source>
   <translation>{files} ({size}) sind jetzt symbolische Verknüpfungen.</translation>
  </message>
  <message>
   <source>{files} ({size}) were moved.</source>
   <translation>{files} ({size}) wurden verschoben.</translation>
  </message>
  <message>
   <source>{kind}: these files belong together</source>
   <translation>{kind}: Diese Dateien gehören zusammen</translation>
  </message>
  <message>
   <source>{n} % sure to be copies</source>
   <translation>zu {n} % sicher Kopien</translation>
  </message>
 </context>
 <context>
  <name>settings_form</name>
  <message>
   <source>must be a whole number</source>
   <translation>muss eine ganze Zahl sein</translation>
  </message>
  <message>
   <source>must be from {least} to {most}</source>
   <translation>muss von {least} bis {most} sein</translation>
  </message>
 </context>
 <context>
  <name>shortcuts</name>
  <message>
   <source>{key} is needed to move in the window; {action} needs another key</source>
   <translation>{key} wird zum Bewegen im Fenster gebraucht; {action} braucht eine andere Taste</translation>
  </message>
  <message>
   <source>{key} is used by both {one} and {other}</source>
   <translation>{key} steht schon für {one} und für {other}</translation>
  </message>
 </context>
 <context>
  <name>wording</name>
  <message>
   <source>1 file</source>
   <translation>1 Datei</translation>
  </message>
  <message>
   <source>1 photo</source>
   <translation>1 Foto</translation>
  </message>
  <message>
   <source>the pasted picture</source>
   <translation>das eingefügte Bild</translation>
  </message>
  <message>
   <source>{n} files</source>
   <translation>{n} Dateien</translation>
  </message>
  <message>
   <source>{n} h</source>
   <translation>{n} h</translation>
  </message>
  <message>
   <source>{n} min</source>
   <translation>{n} min</translation>
  </message>
  <message>
   <source>{n} photos</source>
   <translation>{n} Fotos</translation>
  </message>
  <message>
   <source>{n} s</source>
   <translation>{n} s</translation>
  </message>
  <message>
   <source>“{name}”</source>
   <translation>„{name}“</translation>
  </message>
 </context>
 <context>
  <name>words</name>
  <message>
   <source>1 object found.</source>
   <translation>1 Objekt gefunden.</translation>
  </message>
  <message>
   <source>A and B are crops of one picture: B shows {share} of A{more}.</source>
   <translation>A und B sind Ausschnitte eines Bildes: B zeigt {share} von A{more}.</translation>
  </message>
  <message>
   <source>A and B are the same file, byte for byte.</source>
   <translation>A und B sind dieselbe Datei, Byte für Byte.</translation>
  </message>
  <message>
   <source>A and B have the same pixels; only the files differ.</source>
   <translation>A und B haben dieselben Pixel; nur die Dateien unterscheiden sich.</translation>
  </message>
  <message>
   <source>A and B share parts, each moved in its own way; as a whole nothing is proved.</source>
   <translation>A und B haben Teile gemeinsam, jeder für sich bewegt; als Ganzes ist nichts bewiesen.</translation>
  </message>
  <message>
   <source>A and B show the same scene in two exposures.</source>
   <translation>A und B zeigen dieselbe Szene in zwei Aufnahmen.</translation>
  </message>
  <message>
   <source>A and B show the same scene in two exposures: B is {changes}.</source>
   <translation>A und B zeigen dieselbe Szene in zwei Aufnahmen: B ist {changes}.</translation>
  </message>
  <message>
   <source>A is a crop of B: {share} of it{more}.</source>
   <translation>A ist ein Ausschnitt von B: {share} davon{more}.</translation>
  </message>
  <message>
   <source>B is a copy of A.</source>
   <translation>B ist eine Kopie von A.</translation>
  </message>
  <message>
   <source>B is a copy of A: {changes}.</source>
   <translation>B ist eine Kopie von A: {changes}.</translation>
  </message>
  <message>
   <source>B is a crop of A: {share} of it{more}.</source>
   <translation>B ist ein Ausschnitt von A: {share} davon{more}.</translation>
  </message>
  <message>
   <source>Check the permissions of the file and its folder, and the disk; then: {retry}.</source>
   <translation>Prüfen Sie die Rechte der Datei und ihres Ordners und den Datenträger; danach: {retry}.</translation>
  </message>
  <message>
   <source>Install the missing plug-in: pip install {package}; then: {retry}.</source>
   <translation>Installieren Sie das fehlende Zusatzpaket: pip install {package}; danach: {retry}.</translation>
  </message>
  <message>
   <source>Its contents are no picture, whatever its name says. Rename it, or ignore it.</source>
   <translation>Ihr Inhalt ist kein Bild, was auch immer ihr Name sagt. Benennen Sie sie um, oder übergehen Sie sie.</translation>
  </message>
  <message>
   <source>No plug-in for this format is installed, or there is none. Ignore it, or convert it.</source>
   <translation>Für dieses Format ist kein Zusatzpaket installiert, oder es gibt keines. Übergehen Sie die Datei, oder wandeln Sie sie um.</translation>
  </message>
  <message>
   <source>None of {total} match agree.</source>
   <translation>Keine von {total} Übereinstimmung passt.</translation>
  </message>
  <message>
   <source>None of {total} matches agree.</source>
   <translation>Keine von {total} Übereinstimmungen passt.</translation>
  </message>
  <message>
   <source>Not proved: A and B have something in common, but too little to tell.</source>
   <translation>Nicht bewiesen: A und B haben etwas gemeinsam, aber zu wenig für ein Urteil.</translation>
  </message>
  <message>
   <source>Not proved: nothing shows that A and B are of one picture or one place.</source>
   <translation>Nicht bewiesen: Nichts zeigt, dass A und B von einem Bild oder einem Ort stammen.</translation>
  </message>
  <message>
   <source>Plug the drive in, or mount it. If the folder moved: {relink}.</source>
   <translation>Schließen Sie das Laufwerk an, oder hängen Sie es ein. Ist der Ordner umgezogen: {relink}.</translation>
  </message>
  <message>
   <source>The decoder did not come to an end. Ignore it, or try again with: {retry}.</source>
   <translation>Das Dekodieren kam zu keinem Ende. Übergehen Sie die Datei, oder versuchen Sie es noch einmal: {retry}.</translation>
  </message>
  <message>
   <source>The decoder died on this file. It is left out, the others are not touched. Ignore it, or report it.</source>
   <translation>Das Dekodieren ist an dieser Datei gescheitert. Sie bleibt außen vor, die anderen sind nicht betroffen. Übergehen Sie sie, oder melden Sie es.</translation>
  </message>
  <message>
   <source>The file has no contents. Restore it from a backup, or delete it.</source>
   <translation>Die Datei hat keinen Inhalt. Holen Sie sie aus einer Sicherung zurück, oder löschen Sie sie.</translation>
  </message>
  <message>
   <source>The file is cut off or corrupt. Restore it from a backup, or ignore it.</source>
   <translation>Die Datei ist abgeschnitten oder beschädigt. Holen Sie sie aus einer Sicherung zurück, oder übergehen Sie sie.</translation>
  </message>
  <message>
   <source>The file was gone when it was its turn. What settles it: {index}.</source>
   <translation>Die Datei war weg, als sie an der Reihe war. Was es klärt: {index}.</translation>
  </message>
  <message>
   <source>The picture is larger than this program dares to open. Make a smaller copy, or ignore it.</source>
   <translation>Das Bild ist größer, als dieses Programm zu öffnen wagt. Machen Sie eine kleinere Kopie, oder übergehen Sie es.</translation>
  </message>
  <message>
   <source>The pixels agree, laid over each other.</source>
   <translation>Die Pixel stimmen überein, aufeinandergelegt.</translation>
  </message>
  <message>
   <source>Try again with: {retry}, or ignore it.</source>
   <translation>Versuchen Sie es noch einmal: {retry}, oder übergehen Sie die Datei.</translation>
  </message>
  <message>
   <source>bordered</source>
   <translation>gerahmt</translation>
  </message>
  <message>
   <source>copy</source>
   <translation>Kopie</translation>
  </message>
  <message>
   <source>crop {share}</source>
   <translation>Ausschnitt {share}</translation>
  </message>
  <message>
   <source>edited</source>
   <translation>bearbeitet</translation>
  </message>
  <message>
   <source>holds an empty pattern</source>
   <translation>enthält ein leeres Muster</translation>
  </message>
  <message>
   <source>in black and white</source>
   <translation>in Schwarzweiß</translation>
  </message>
  <message>
   <source>mirrored</source>
   <translation>gespiegelt</translation>
  </message>
  <message>
   <source>overlaps</source>
   <translation>überschneidet sich</translation>
  </message>
  <message>
   <source>re-encoded</source>
   <translation>neu kodiert</translation>
  </message>
  <message>
   <source>resized to {share}</source>
   <translation>verkleinert oder vergrößert auf {share}</translation>
  </message>
  <message>
   <source>same file</source>
   <translation>dieselbe Datei</translation>
  </message>
  <message>
   <source>same pixels</source>
   <translation>dieselben Pixel</translation>
  </message>
  <message>
   <source>same scene</source>
   <translation>dieselbe Szene</translation>
  </message>
  <message>
   <source>stretched to {width} of its width and {height} of its height</source>
   <translation>gestreckt auf {width} seiner Breite und {height} seiner Höhe</translation>
  </message>
  <message>
   <source>the library is empty; index a folder first</source>
   <translation>die Bibliothek ist leer; nehmen Sie erst einen Ordner auf</translation>
  </message>
  <message>
   <source>the library was indexed with another encoder ({others}); index its folders again</source>
   <translation>die Bibliothek wurde mit einem anderen Encoder indiziert ({others}); indizieren Sie ihre Ordner noch einmal</translation>
  </message>
  <message>
   <source>turned by {degrees}°</source>
   <translation>um {degrees}° gedreht</translation>
  </message>
  <message>
   <source>turned upside down</source>
   <translation>auf den Kopf gestellt</translation>
  </message>
  <message>
   <source>turned {degrees}°</source>
   <translation>{degrees}° gedreht</translation>
  </message>
  <message>
   <source>turned {degrees}° to the left</source>
   <translation>{degrees}° nach links gedreht</translation>
  </message>
  <message>
   <source>turned {degrees}° to the right</source>
   <translation>{degrees}° nach rechts gedreht</translation>
  </message>
  <message>
   <source>uncropped</source>
   <translation>unbeschnitten</translation>
  </message>
  <message>
   <source>under 1 %</source>
   <translation>unter 1 %</translation>
  </message>
  <message>
   <source>with a border or caption</source>
   <translation>mit Rand oder Beschriftung</translation>
  </message>
  <message>
   <source>with something laid over it</source>
   <translation>mit etwas darübergelegt</translation>
  </message>
  <message>
   <source>without the border of A</source>
   <translation>ohne den Rand von A</translation>
  </message>
  <message>
   <source>{agree} of {total} match agrees.</source>
   <translation>{agree} von {total} Übereinstimmung passt.</translation>
  </message>
  <message>
   <source>{agree} of {total} matches agree.</source>
   <translation>{agree} von {total} Übereinstimmungen passen.</translation>
  </message>
  <message>
   <source>{agree} of {total} matches agrees.</source>
   <translation>{agree} von {total} Übereinstimmungen passt.</translation>
  </message>
  <message>
   <source>{count} objects found.</source>
   <translation>{count} Objekte gefunden.</translation>
  </message>
  <message>
   <source>{pattern} would leave out every picture</source>
   <translation>{pattern} ließe jedes Bild weg</translation>
  </message>
 </context>
</TS>
