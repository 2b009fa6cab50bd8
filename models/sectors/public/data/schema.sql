-- What the public administration pack's tools read and write. A town replaces it by pointing tools.py at its own system.
-- Money is in cents, dates are ISO 8601, times HH:MM.

CREATE TABLE offices (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    address  TEXT NOT NULL,
    phone    TEXT NOT NULL
);

CREATE TABLE office_terms (
    office  TEXT NOT NULL REFERENCES offices (id),
    term    TEXT NOT NULL,
    PRIMARY KEY (office, term)
);

-- One row a weekday on which the office opens (1 Monday … 7 Sunday); no row: closed.
CREATE TABLE opening_hours (
    office   TEXT NOT NULL REFERENCES offices (id),
    weekday  INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens    TEXT NOT NULL,
    closes   TEXT NOT NULL,
    PRIMARY KEY (office, weekday)
);

-- Days that break the week's rule in every office; opens NULL: closed all day.
CREATE TABLE special_days (
    day      TEXT PRIMARY KEY,
    name_es  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    opens    TEXT,
    closes   TEXT
);

-- What people call those days.
CREATE TABLE special_day_terms (
    name_es   TEXT NOT NULL,
    language  TEXT NOT NULL CHECK (language IN ('es', 'en')),
    term      TEXT NOT NULL
);

-- `fee` 0: free; `per`: what it is charged by. `appointment` 0: nobody needs one.
CREATE TABLE procedures (
    id           TEXT PRIMARY KEY,
    name_es      TEXT NOT NULL,
    name_en      TEXT NOT NULL,
    fee          INTEGER NOT NULL CHECK (fee >= 0),
    per          TEXT NOT NULL DEFAULT 'fixed' CHECK (per IN ('fixed', 'year', 'from')),
    appointment  INTEGER NOT NULL DEFAULT 1 CHECK (appointment IN (0, 1))
);

CREATE TABLE procedure_terms (
    procedure  TEXT NOT NULL REFERENCES procedures (id),
    language   TEXT NOT NULL CHECK (language IN ('es', 'en')),
    term       TEXT NOT NULL,
    PRIMARY KEY (procedure, language, term)
);

-- Which office sees to what.
CREATE TABLE desks (
    procedure  TEXT NOT NULL REFERENCES procedures (id),
    office     TEXT NOT NULL REFERENCES offices (id),
    PRIMARY KEY (procedure, office)
);

-- Times at which an office sees somebody.
CREATE TABLE openings (
    id      INTEGER PRIMARY KEY,
    office  TEXT NOT NULL REFERENCES offices (id),
    day     TEXT NOT NULL,
    time    TEXT NOT NULL,
    UNIQUE (office, day, time)
);
CREATE INDEX openings_by_day ON openings (day);

-- `nif`: of whoever comes.
CREATE TABLE appointments (
    locator    INTEGER PRIMARY KEY,
    nif        TEXT NOT NULL,
    procedure  TEXT NOT NULL REFERENCES procedures (id),
    opening    INTEGER NOT NULL REFERENCES openings (id),
    state      TEXT NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'cancelled'))
);
-- Nobody is given a time that somebody has.
CREATE UNIQUE INDEX one_person_a_time ON appointments (opening) WHERE state = 'booked';
CREATE INDEX appointments_by_nif ON appointments (nif);

-- `due`: the day by which it is decided; `missing_…`: what the town waits for.
CREATE TABLE files (
    number      TEXT PRIMARY KEY,
    nif         TEXT NOT NULL,
    procedure   TEXT NOT NULL REFERENCES procedures (id),
    opened      TEXT NOT NULL,
    changed     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('received', 'in_review', 'waiting', 'approved', 'refused')),
    due         TEXT NOT NULL,
    missing_es  TEXT,
    missing_en  TEXT
);

CREATE TABLE subjects (
    id       TEXT PRIMARY KEY,
    name_es  TEXT NOT NULL,
    name_en  TEXT NOT NULL
);

CREATE TABLE subject_terms (
    subject   TEXT NOT NULL REFERENCES subjects (id),
    language  TEXT NOT NULL CHECK (language IN ('es', 'en')),
    term      TEXT NOT NULL,
    PRIMARY KEY (subject, language, term)
);

-- `key`: year and number, what the citizen asks about it by; `words`: what they said; `due`: the day by which it is answered.
CREATE TABLE complaints (
    key      TEXT PRIMARY KEY,
    subject  TEXT NOT NULL REFERENCES subjects (id),
    words    TEXT NOT NULL,
    phone    TEXT NOT NULL,
    opened   TEXT NOT NULL,
    due      TEXT NOT NULL,
    state    TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered'))
);
