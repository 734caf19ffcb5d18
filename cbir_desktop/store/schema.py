"""The catalog's tables. A migration, once released, is never edited: a new one follows it."""

# Paths are BLOBs as os.fsencode gives them: a name need not be UTF-8. A folder's path is relative to its volume's
# mount point, so that a drive may come back somewhere else. AUTOINCREMENT: an id is never given to another content,
# or an index file could answer with the wrong photo.
MIGRATIONS = (
    """
CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE volumes (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    mount BLOB NOT NULL
);

CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    volume_id INTEGER NOT NULL REFERENCES volumes (id),
    path BLOB NOT NULL,
    watched INTEGER NOT NULL DEFAULT 0,
    UNIQUE (volume_id, path)
);

CREATE TABLE contents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    bytes INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    format TEXT NOT NULL
);

CREATE TABLE files (
    id INTEGER PRIMARY KEY,
    folder_id INTEGER NOT NULL REFERENCES folders (id),
    name BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    content_id INTEGER REFERENCES contents (id),
    state TEXT NOT NULL DEFAULT 'online' CHECK (state IN ('online', 'offline', 'missing', 'trashed')),
    UNIQUE (folder_id, name)
);
CREATE INDEX files_by_content ON files (content_id);

CREATE TABLE errors (
    file_id INTEGER PRIMARY KEY REFERENCES files (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    ignored INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE encoders (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    dim INTEGER NOT NULL
);

CREATE TABLE vectors (
    id INTEGER PRIMARY KEY,
    content_id INTEGER NOT NULL REFERENCES contents (id),
    encoder_id INTEGER NOT NULL REFERENCES encoders (id),
    vector BLOB NOT NULL,
    UNIQUE (content_id, encoder_id)
);
""",
    # 2: what a picture says of itself, and what lies beside it.
    """
ALTER TABLE contents ADD COLUMN average_rgb INTEGER;

CREATE TABLE captures (
    content_id INTEGER PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE,
    taken TEXT,
    utc_offset TEXT,
    camera TEXT,
    has_gps INTEGER NOT NULL,
    content_identifier TEXT
);

CREATE TABLE companions (
    file_id INTEGER NOT NULL REFERENCES files (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('xmp', 'aae', 'raw', 'live')),
    name BLOB NOT NULL,
    content_identifier TEXT,
    PRIMARY KEY (file_id, kind, name)
) WITHOUT ROWID;
""",
    # 3: A volume's name for people and whether it was there at the last look; globs that one watched folder leaves out
    # (a JSON list); files by inode, which is how a moved one is known again.
    """
ALTER TABLE volumes ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE volumes ADD COLUMN online INTEGER NOT NULL DEFAULT 1;
ALTER TABLE folders ADD COLUMN excludes TEXT NOT NULL DEFAULT '[]';
CREATE INDEX files_by_inode ON files (inode);
""",
    # 4: Vectors of the thumbnails of files that are not read yet. AUTOINCREMENT: the last id tells whether any is new.
    """
CREATE TABLE previews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file_id INTEGER NOT NULL UNIQUE REFERENCES files (id) ON DELETE CASCADE,
    encoder_id INTEGER NOT NULL REFERENCES encoders (id),
    vector BLOB NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL
);
""",
    # 5: Duplicates. The hash of a content's pixels, and by which encoder and matcher it was compared with the library;
    # what was proved of two contents (lo < hi), by which matcher; what a person decided about two: a and b are content
    # hashes, or of folders the hashes of a sample of each one's contents.
    """
ALTER TABLE contents ADD COLUMN pixels BLOB;
ALTER TABLE contents ADD COLUMN joined TEXT;
CREATE INDEX contents_by_pixels ON contents (pixels) WHERE pixels IS NOT NULL;

CREATE TABLE proofs (
    lo BLOB NOT NULL,
    hi BLOB NOT NULL,
    matcher TEXT NOT NULL,
    proved TEXT CHECK (proved IN ('copy', 'scene')),
    copy REAL NOT NULL,
    scene REAL NOT NULL,
    inliers INTEGER NOT NULL,
    contains TEXT CHECK (contains IN ('lo', 'hi')),
    relations TEXT NOT NULL,
    PRIMARY KEY (lo, hi, matcher),
    CHECK (lo < hi)
) WITHOUT ROWID;
CREATE INDEX proofs_by_hi ON proofs (hi);

CREATE TABLE decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('not-a-duplicate', 'keep-both', 'ignore', 'prefer', 'ignore-folders')),
    a BLOB NOT NULL,
    b BLOB NOT NULL,
    prefers TEXT CHECK (prefers IN ('a', 'b')),
    a_folder BLOB,
    b_folder BLOB,
    made TEXT NOT NULL,
    UNIQUE (a, b),
    CHECK ((kind = 'prefer') = (prefers IS NOT NULL)),
    CHECK ((kind = 'ignore-folders') = (a_folder IS NOT NULL AND b_folder IS NOT NULL)),
    CHECK (kind = 'ignore-folders' OR (length(a) = 32 AND length(b) = 32 AND a < b))
);
""",
    # 6: How each content looks, 83 bytes by the descriptors that ``looks_key`` in meta names.
    """
CREATE TABLE looks (
    content_id INTEGER PRIMARY KEY REFERENCES contents (id) ON DELETE CASCADE,
    look BLOB NOT NULL
);
""",
)
