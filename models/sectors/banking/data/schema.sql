-- What the banking pack's tools read and write. A company replaces it by pointing the tools at its own system.
-- Money is in cents, dates are ISO 8601, times HH:MM. PINs, codes and failed tries lie in the agent's own tables.

CREATE TABLE customers (
    number    TEXT PRIMARY KEY,
    name      TEXT NOT NULL,
    born      TEXT NOT NULL,
    postcode  TEXT NOT NULL,
    phone     TEXT NOT NULL
);

CREATE TABLE accounts (
    id        TEXT PRIMARY KEY,
    customer  TEXT NOT NULL REFERENCES customers (number),
    kind      TEXT NOT NULL CHECK (kind IN ('current', 'savings')),
    tail      TEXT NOT NULL,
    balance   INTEGER NOT NULL CHECK (balance >= 0)
);

CREATE TABLE cards (
    id        TEXT PRIMARY KEY,
    customer  TEXT NOT NULL REFERENCES customers (number),
    kind      TEXT NOT NULL CHECK (kind IN ('debit', 'credit')),
    tail      TEXT NOT NULL,
    state     TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'blocked')),
    blocked   TEXT
);

-- `card`: a charge of that card, which can be disputed.
CREATE TABLE movements (
    id       INTEGER PRIMARY KEY,
    account  TEXT NOT NULL REFERENCES accounts (id),
    card     TEXT REFERENCES cards (id),
    day      TEXT NOT NULL,
    concept  TEXT NOT NULL,
    amount   INTEGER NOT NULL CHECK (amount <> 0)
);

-- Whom a customer has paid before, or told the bank of at a branch.
CREATE TABLE payees (
    id        TEXT PRIMARY KEY,
    customer  TEXT NOT NULL REFERENCES customers (number),
    name      TEXT NOT NULL,
    iban      TEXT NOT NULL
);

CREATE TABLE transfers (
    reference  INTEGER PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES accounts (id),
    payee      TEXT NOT NULL REFERENCES payees (id),
    amount     INTEGER NOT NULL CHECK (amount > 0),
    made       TEXT NOT NULL
);

CREATE TABLE disputes (
    number    INTEGER PRIMARY KEY,
    movement  INTEGER NOT NULL UNIQUE REFERENCES movements (id),
    reason    TEXT NOT NULL CHECK (reason IN ('not_mine', 'twice', 'wrong_amount')),
    state     TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    opened    TEXT NOT NULL
);

CREATE TABLE holidays (day TEXT PRIMARY KEY);

CREATE TABLE openings (
    id    INTEGER PRIMARY KEY,
    day   TEXT NOT NULL,
    time  TEXT NOT NULL,
    UNIQUE (day, time)
);

CREATE TABLE appointments (
    reference  INTEGER PRIMARY KEY,
    customer   TEXT NOT NULL REFERENCES customers (number),
    opening    INTEGER NOT NULL UNIQUE REFERENCES openings (id),
    made       TEXT NOT NULL
);
