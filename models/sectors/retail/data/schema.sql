-- What the retail pack's tools read and write. A company replaces it by pointing tools.py at its own system.
-- Money is in cents, dates are ISO 8601, times HH:MM.

CREATE TABLE stores (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    city     TEXT NOT NULL,
    address  TEXT NOT NULL,
    phone    TEXT NOT NULL
);

CREATE TABLE store_terms (
    store    TEXT NOT NULL REFERENCES stores (id),
    term     TEXT NOT NULL,
    PRIMARY KEY (store, term)
);

-- One row a weekday that the store opens (1 Monday … 7 Sunday); no row: closed.
CREATE TABLE opening_hours (
    store    TEXT NOT NULL REFERENCES stores (id),
    weekday  INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens    TEXT NOT NULL,
    closes   TEXT NOT NULL,
    PRIMARY KEY (store, weekday)
);

-- Days that break the week's rule, for one store or for all (store NULL); opens NULL: closed all day.
CREATE TABLE special_days (
    day      TEXT NOT NULL,
    store    TEXT REFERENCES stores (id),
    name_es  TEXT NOT NULL,
    name_en  TEXT NOT NULL,
    opens    TEXT,
    closes   TEXT
);
CREATE INDEX special_days_by_day ON special_days (day);

-- What people call those days.
CREATE TABLE special_day_terms (
    name_es   TEXT NOT NULL,
    language  TEXT NOT NULL CHECK (language IN ('es', 'en')),
    term      TEXT NOT NULL
);

CREATE TABLE departments (
    id       TEXT PRIMARY KEY,
    name_es  TEXT NOT NULL,
    name_en  TEXT NOT NULL
);

-- What people ask for: "light bulbs", "drills". Products are the things on the shelf.
CREATE TABLE kinds (
    id          TEXT PRIMARY KEY,
    department  TEXT NOT NULL REFERENCES departments (id),
    aisle       INTEGER NOT NULL,
    shelf       TEXT NOT NULL,
    name_es     TEXT NOT NULL,
    name_en     TEXT NOT NULL
);

CREATE TABLE kind_terms (
    kind      TEXT NOT NULL REFERENCES kinds (id),
    language  TEXT NOT NULL CHECK (language IN ('es', 'en')),
    term      TEXT NOT NULL,
    PRIMARY KEY (kind, language, term)
);

CREATE TABLE products (
    sku         INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL REFERENCES kinds (id),
    name_es     TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    variant_es  TEXT NOT NULL,
    variant_en  TEXT NOT NULL,
    price       INTEGER NOT NULL CHECK (price > 0),
    stock       INTEGER NOT NULL CHECK (stock >= 0),
    aisle       INTEGER NOT NULL,
    shelf       TEXT NOT NULL
);
CREATE INDEX products_by_kind ON products (kind);

CREATE TABLE orders (
    number        TEXT PRIMARY KEY,
    ordered       TEXT NOT NULL,
    state         TEXT NOT NULL CHECK (state IN
        ('received', 'preparing', 'shipped', 'out_for_delivery', 'ready', 'delivered', 'cancelled')),
    delivery      TEXT NOT NULL CHECK (delivery IN ('home', 'pickup')),
    store         TEXT NOT NULL REFERENCES stores (id),
    carrier       TEXT,
    due           TEXT,
    window_opens  TEXT,
    window_closes TEXT,
    delivered     TEXT,
    customer      TEXT NOT NULL,
    phone         TEXT NOT NULL,
    total         INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE order_lines (
    number    TEXT NOT NULL REFERENCES orders (number),
    line      INTEGER NOT NULL,
    sku       INTEGER NOT NULL REFERENCES products (sku),
    quantity  INTEGER NOT NULL CHECK (quantity > 0),
    price     INTEGER NOT NULL,
    PRIMARY KEY (number, line)
);

CREATE TABLE delivery_windows (
    day       TEXT NOT NULL,
    opens     TEXT NOT NULL,
    closes    TEXT NOT NULL,
    capacity  INTEGER NOT NULL,
    taken     INTEGER NOT NULL DEFAULT 0 CHECK (taken <= capacity),
    PRIMARY KEY (day, opens)
);

-- One row a line of the order; lines that were returned together share their case number.
CREATE TABLE cases (
    number  INTEGER PRIMARY KEY,
    opened  TEXT NOT NULL
);

CREATE TABLE returns (
    case_number  INTEGER NOT NULL REFERENCES cases (number),
    number       TEXT NOT NULL REFERENCES orders (number),
    line         INTEGER NOT NULL,
    requested    TEXT NOT NULL,
    refund       INTEGER NOT NULL,
    PRIMARY KEY (number, line)
);
