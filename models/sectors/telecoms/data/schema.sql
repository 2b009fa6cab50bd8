-- What the telecoms pack's tools read and write. A company replaces it by pointing its tools at its own system.
-- Money is in cents, dates are ISO 8601, times HH:MM.

CREATE TABLE areas (
    id    TEXT PRIMARY KEY,
    name  TEXT NOT NULL
);

CREATE TABLE customers (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL
);

CREATE TABLE plans (
    id       TEXT PRIMARY KEY,
    kind     TEXT NOT NULL CHECK (kind IN ('fibre', 'mobile')),
    name_es  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    price    INTEGER NOT NULL CHECK (price > 0)
);

-- `sync`: whether the last test of the line got an answer from the router.
CREATE TABLE lines (
    number    TEXT PRIMARY KEY CHECK (length(number) = 9),
    customer  INTEGER NOT NULL REFERENCES customers (id),
    plan      TEXT NOT NULL REFERENCES plans (id),
    area      TEXT NOT NULL REFERENCES areas (id),
    state     TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
    sync      INTEGER NOT NULL DEFAULT 1 CHECK (sync IN (0, 1))
);
CREATE INDEX lines_by_customer ON lines (customer);

CREATE TABLE outages (
    area       TEXT NOT NULL REFERENCES areas (id),
    kind       TEXT NOT NULL CHECK (kind IN ('fibre', 'mobile')),
    cause_es   TEXT NOT NULL,
    cause_en   TEXT NOT NULL,
    until_day  TEXT NOT NULL,
    until      TEXT NOT NULL,
    PRIMARY KEY (area, kind)
);

-- Who is told by message when the service is back.
CREATE TABLE outage_notices (
    line   TEXT PRIMARY KEY REFERENCES lines (number),
    asked  TEXT NOT NULL
);

CREATE TABLE bills (
    number  INTEGER PRIMARY KEY,
    line    TEXT NOT NULL REFERENCES lines (number),
    issued  TEXT NOT NULL,
    due     TEXT NOT NULL
);
CREATE INDEX bills_by_line ON bills (line, issued);

-- `concept`: "plan", "discount" (negative), "calls" (special-rate numbers), "roaming" (outside the EU), "device", "part"
-- (a month that began late).
CREATE TABLE bill_items (
    bill     INTEGER NOT NULL REFERENCES bills (number) ON DELETE CASCADE,
    concept  TEXT NOT NULL CHECK (concept IN ('plan', 'discount', 'calls', 'roaming', 'device', 'part')),
    amount   INTEGER NOT NULL,
    PRIMARY KEY (bill, concept)
);

CREATE TABLE plan_changes (
    case_number  INTEGER PRIMARY KEY,
    line         TEXT NOT NULL REFERENCES lines (number),
    old          TEXT NOT NULL REFERENCES plans (id),
    new          TEXT NOT NULL REFERENCES plans (id),
    starts       TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('pending', 'done', 'undone'))
);
CREATE UNIQUE INDEX one_pending_change ON plan_changes (line) WHERE state = 'pending';

CREATE TABLE visit_windows (
    area      TEXT NOT NULL REFERENCES areas (id),
    day       TEXT NOT NULL,
    opens     TEXT NOT NULL,
    closes    TEXT NOT NULL,
    capacity  INTEGER NOT NULL,
    taken     INTEGER NOT NULL DEFAULT 0 CHECK (taken <= capacity),
    PRIMARY KEY (area, day, opens)
);

CREATE TABLE visits (
    case_number  INTEGER PRIMARY KEY,
    line         TEXT NOT NULL REFERENCES lines (number),
    reason       TEXT NOT NULL CHECK (reason IN ('asked', 'no_internet', 'slow', 'router')),
    day          TEXT NOT NULL,
    opens        TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('booked', 'done', 'cancelled'))
);
CREATE UNIQUE INDEX one_booked_visit ON visits (line) WHERE state = 'booked';

CREATE TABLE sim_orders (
    case_number  INTEGER PRIMARY KEY,
    line         TEXT NOT NULL UNIQUE REFERENCES lines (number),
    ordered      TEXT NOT NULL
);

CREATE TABLE topics (
    id       TEXT PRIMARY KEY,
    name_es  TEXT NOT NULL,
    name_en  TEXT NOT NULL
);

CREATE TABLE topic_terms (
    topic     TEXT NOT NULL REFERENCES topics (id),
    language  TEXT NOT NULL CHECK (language IN ('', 'es', 'en')),
    term      TEXT NOT NULL,
    PRIMARY KEY (topic, language, term)
);

CREATE TABLE light_terms (
    light     TEXT NOT NULL CHECK (light IN ('green', 'red', 'off')),
    language  TEXT NOT NULL CHECK (language IN ('', 'es', 'en')),
    term      TEXT NOT NULL,
    PRIMARY KEY (light, language, term)
);

-- `due`: the day by which the customer has an answer.
CREATE TABLE complaints (
    case_number  INTEGER PRIMARY KEY,
    line         TEXT NOT NULL REFERENCES lines (number),
    topic        TEXT NOT NULL REFERENCES topics (id),
    opened       TEXT NOT NULL,
    due          TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('open', 'answered'))
);

CREATE TABLE holidays (
    day  TEXT PRIMARY KEY
);
