-- The collection: folders the listener has chosen, the files below them, and the tracks those hold.

CREATE TABLE folder (
    id INTEGER PRIMARY KEY,
    -- As the system names it: bytes, which need not be UTF-8.
    path BLOB NOT NULL UNIQUE,
    -- Of the folder when it was last scanned: an empty folder on another device is one that is not mounted.
    device INTEGER
);

CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    device INTEGER NOT NULL,
    -- Of bytes in the middle, by which a file is known again on another disk.
    sound_hash INTEGER NOT NULL,
    -- Its tracks come from a cue sheet beside it.
    is_cut INTEGER NOT NULL DEFAULT 0,
    -- Seconds since 1970; NULL while it is there.
    missing_since INTEGER
);
CREATE INDEX file_inode ON file (inode);
CREATE INDEX file_missing ON file (missing_since) WHERE missing_since IS NOT NULL;

-- Cue sheets, so that those which have not changed are not read again.
CREATE TABLE sheet (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE track (
    id INTEGER PRIMARY KEY,
    file_id INTEGER NOT NULL REFERENCES file (id) ON DELETE CASCADE,
    -- 0 for a whole file, else the number of the part within it.
    part INTEGER NOT NULL,
    start_ns INTEGER,
    end_ns INTEGER,
    title TEXT,
    artist TEXT,
    album_artist TEXT,
    album TEXT,
    composer TEXT,
    genre TEXT,
    track_number INTEGER,
    track_total INTEGER,
    disc_number INTEGER,
    disc_total INTEGER,
    date TEXT,
    year INTEGER,
    duration_ns INTEGER,
    codec TEXT,
    sample_rate_hz INTEGER,
    channels INTEGER,
    bits_per_sample INTEGER,
    -- Half stars, 0 to 10; NULL where there is none.
    rating INTEGER,
    play_count INTEGER NOT NULL DEFAULT 0,
    skip_count INTEGER NOT NULL DEFAULT 0,
    -- Seconds since 1970.
    last_played INTEGER,
    added INTEGER NOT NULL,
    -- Album artist, year, album, disc, track and title, folded, so that bytes are in a listener's order.
    sort_key BLOB NOT NULL,
    UNIQUE (file_id, part)
);
CREATE INDEX track_added ON track (added);
CREATE INDEX track_played ON track (play_count) WHERE play_count > 0;
CREATE INDEX track_sorted ON track (sort_key, id);
CREATE INDEX track_artist ON track (artist);
CREATE INDEX track_album ON track (album);
CREATE INDEX track_genre ON track (genre);
CREATE INDEX track_year ON track (year);

-- Words of a track, folded by the program (case, accents, every sign of a script without spaces a word).
CREATE VIRTUAL TABLE search USING fts5 (
    title, artist, album_artist, album, composer, genre, folder,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 2',
    prefix = '1 2 3'
);

CREATE TRIGGER track_forgotten AFTER DELETE ON track BEGIN
    DELETE FROM search WHERE rowid = old.id;
END;
