// EventArchive
