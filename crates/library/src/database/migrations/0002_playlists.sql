-- Playlists: lists, folders of lists, and smart lists, which are a query.

CREATE TABLE list (
    id INTEGER PRIMARY KEY,
    -- The folder it is in; NULL at the top.
    parent_id INTEGER REFERENCES list (id) ON DELETE CASCADE,
    -- Place among its neighbours.
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- 'tracks', 'folder' or 'smart'.
    kind TEXT NOT NULL,
    -- Of a smart list.
    query TEXT,
    sort TEXT,
    most INTEGER
);
CREATE INDEX list_parent ON list (parent_id, position);

CREATE TABLE list_entry (
    list_id INTEGER NOT NULL REFERENCES list (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path BLOB NOT NULL,
    start_ns INTEGER,
    end_ns INTEGER,
    title TEXT,
    PRIMARY KEY (list_id, position)
) WITHOUT ROWID;
CREATE INDEX list_entry_path ON list_entry (path);

-- What was done to a list, to be undone: the newest has the highest number.
CREATE TABLE list_edit (
    list_id INTEGER NOT NULL REFERENCES list (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    is_undone INTEGER NOT NULL DEFAULT 0,
    -- A splice, as JSON.
    splice TEXT NOT NULL,
    PRIMARY KEY (list_id, number)
) WITHOUT ROWID;
