-- What the health pack's tools read and write. A company replaces it by pointing tools.py at its own system.
-- Money is in cents, dates are ISO 8601, times HH:MM.

CREATE TABLE centres (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    address  TEXT NOT NULL,
    city     TEXT NOT NULL,
    phone    TEXT NOT NULL
);

CREATE TABLE centre_terms (
    centre  TEXT NOT NULL REFERENCES centres (id),
    term    TEXT NOT NULL,
    PRIMARY KEY (centre, term)
);

-- One row a weekday on which the centre opens (1 Monday … 7 Sunday); no row: closed.
CREATE TABLE opening_hours (
    centre   TEXT NOT NULL REFERENCES centres (id),
    weekday  INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens    TEXT NOT NULL,
    closes   TEXT NOT NULL,
    PRIMARY KEY (centre, weekday)
);

-- Days that break the week's rule in every centre; opens NULL: closed all day.
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

-- `referral`: only with a referral from another doctor of the clinic.
CREATE TABLE specialties (
    id        TEXT PRIMARY KEY,
    name_es   TEXT NOT NULL,
    name_en   TEXT NOT NULL,
    price     INTEGER NOT NULL CHECK (price > 0),
    referral  INTEGER NOT NULL DEFAULT 0 CHECK (referral IN (0, 1))
);

CREATE TABLE specialty_terms (
    specialty  TEXT NOT NULL REFERENCES specialties (id),
    language   TEXT NOT NULL CHECK (language IN ('es', 'en')),
    term       TEXT NOT NULL,
    PRIMARY KEY (specialty, language, term)
);

CREATE TABLE doctors (
    id         TEXT PRIMARY KEY,
    surname    TEXT NOT NULL,
    title_es   TEXT NOT NULL,
    title_en   TEXT NOT NULL,
    specialty  TEXT NOT NULL REFERENCES specialties (id),
    centre     TEXT NOT NULL REFERENCES centres (id)
);

-- Times at which a doctor sees somebody.
CREATE TABLE openings (
    id      INTEGER PRIMARY KEY,
    doctor  TEXT NOT NULL REFERENCES doctors (id),
    day     TEXT NOT NULL,
    time    TEXT NOT NULL,
    UNIQUE (doctor, day, time)
);
CREATE INDEX openings_by_day ON openings (day);

CREATE TABLE patients (
    number  TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    born    TEXT NOT NULL,
    phone   TEXT NOT NULL
);

CREATE TABLE referrals (
    patient    TEXT NOT NULL REFERENCES patients (number),
    specialty  TEXT NOT NULL REFERENCES specialties (id),
    made       TEXT NOT NULL,
    PRIMARY KEY (patient, specialty)
);

CREATE TABLE appointments (
    reference  INTEGER PRIMARY KEY,
    patient    TEXT NOT NULL REFERENCES patients (number),
    opening    INTEGER NOT NULL REFERENCES openings (id),
    state      TEXT NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'cancelled')),
    made       TEXT NOT NULL
);
-- Nobody is given a time that somebody has.
CREATE UNIQUE INDEX one_patient_a_time ON appointments (opening) WHERE state = 'booked';
CREATE INDEX appointments_by_patient ON appointments (patient);

CREATE TABLE tests (
    id       TEXT PRIMARY KEY,
    name_es  TEXT NOT NULL,
    name_en  TEXT NOT NULL
);

CREATE TABLE test_terms (
    test      TEXT NOT NULL REFERENCES tests (id),
    language  TEXT NOT NULL CHECK (language IN ('es', 'en')),
    term      TEXT NOT NULL,
    PRIMARY KEY (test, language, term)
);

CREATE TABLE bills (
    number      TEXT PRIMARY KEY,
    patient     TEXT NOT NULL REFERENCES patients (number),
    concept_es  TEXT NOT NULL,
    concept_en  TEXT NOT NULL,
    amount      INTEGER NOT NULL CHECK (amount > 0),
    issued      TEXT NOT NULL,
    state       TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'paid'))
);

-- `card` is the token that the payment provider keeps a card under: the number itself never comes here.
CREATE TABLE payments (
    receipt  INTEGER PRIMARY KEY,
    bill     TEXT NOT NULL UNIQUE REFERENCES bills (number),
    amount   INTEGER NOT NULL,
    card     TEXT NOT NULL,
    paid     TEXT NOT NULL
);
