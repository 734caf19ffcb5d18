"""The laboratory: encoders x poolings x whitenings x indexes x re-rankers on one set, a result file each, one table."""
