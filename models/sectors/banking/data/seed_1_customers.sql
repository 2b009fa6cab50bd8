-- Customers of a bank that is none, and what they have. Days are counted from today (the one-row table `clock`).

INSERT INTO customers (number, name, born, postcode, phone) VALUES
    ('301245', 'Lucía Romero', '1984-05-17', '37001', '600555245'),
    ('302780', 'James Carter', '1972-11-03', '37005', '600555780'),
    ('303916', 'Pilar Sanz', '1949-02-28', '37002', '600555916'),
    ('304502', 'Omar Haddad', '1996-08-09', '37007', ''),
    ('305111', 'Nora Lind', '1988-12-01', '37004', '600555111'),
    ('306207', 'Teresa Vega', '1961-07-22', '37003', '');

-- scrypt (n = 16384, r = 8, p = 1) of PINs for demonstrations: 4821, 7730, 1956 and 6402.
INSERT INTO identity_secrets (customer, kind, salt, digest) VALUES
    ('301245', 'pin', X'366d06a06127b4221a48e906aa442888',
     X'c9d73ad28b7e1409f896f9102d8e556624ce966aacc60e9ad608b5ab040ae99e'),
    ('302780', 'pin', X'126d4021bb525ebdd257b4ff081b4d28',
     X'2512c8a071f92328b1c888566a69badff01a623612a778f210ac8c1cb3eae8a2'),
    ('304502', 'pin', X'3536ada64b1f7901c1925f2c0defcef6',
     X'9110b3195fc09e897a312956693f738da61aa1cb9b71465325140d0ad8937511'),
    ('305111', 'pin', X'32511bae0c989c4c3f949935432e4f5c',
     X'ceffee0a2170c9b555e21c88740e34cca6533ea01897ce03afa82d03b32ad1d3');

-- Somebody has tried to be Nora Lind three times today.
INSERT INTO identity_failures (customer, kind, failures, last)
VALUES ('305111', 'pin', 3, CAST(strftime('%s', 'now') AS REAL));

INSERT INTO accounts (id, customer, kind, tail, balance) VALUES
    ('a1', '301245', 'current', '1234', 235075),
    ('a2', '301245', 'savings', '8810', 800000),
    ('a3', '302780', 'current', '5527', 112040),
    ('a4', '303916', 'current', '9046', 64000),
    ('a5', '304502', 'current', '7718', 9500),
    ('a6', '305111', 'current', '3390', 410000),
    ('a7', '306207', 'current', '6653', 1250000);

INSERT INTO cards (id, customer, kind, tail, state) VALUES
    ('c1', '301245', 'debit', '4471', 'active'),
    ('c2', '301245', 'credit', '9023', 'active'),
    ('c3', '302780', 'debit', '3318', 'active'),
    ('c4', '303916', 'debit', '5560', 'active'),
    ('c5', '304502', 'debit', '7702', 'blocked'),
    ('c6', '306207', 'credit', '2286', 'active');

INSERT INTO payees (id, customer, name, iban) VALUES
    ('p1', '301245', 'Marta Gil', 'ES2100491500051234567892'),
    ('p2', '301245', 'Comunidad Molino', 'ES9121000418450200051332'),
    ('p3', '302780', 'Emily Carter', 'ES7620770024003102575766'),
    ('p4', '302780', 'Northgate Property', 'ES6000491500051234567892'),
    ('p5', '303916', 'Diego Sanz', 'ES1720852066623456789011'),
    ('p6', '306207', 'Rosa Vega', 'ES6621000418401234567891');

INSERT INTO movements (account, card, day, concept, amount)
SELECT column1, column2, date(today, column3 || ' days'), column4, column5 FROM clock, (VALUES
    ('a1', NULL, -26, 'Nómina', 184000),
    ('a1', 'c1', -9, 'Librería Cervantes', -2350),
    ('a1', 'c1', -4, 'Supermercado El Arco', -6418),
    ('a1', 'c2', -2, 'Hotel Miramar', -31200),
    ('a2', NULL, -40, 'Traspaso', 50000),
    ('a3', NULL, -20, 'Salary', 210000),
    ('a3', 'c3', -6, 'Petrol station', -5500),
    ('a3', 'c3', -3, 'Streaming service', -1299),
    ('a3', 'c3', -3, 'Streaming service', -1299),
    ('a4', NULL, -24, 'Pensión', 98000),
    ('a4', 'c4', -5, 'Farmacia', -1840),
    ('a5', 'c5', -420, 'Gimnasio', -3000),
    ('a7', NULL, -15, 'Pensión', 121000),
    ('a7', 'c6', -7, 'Viajes Duero', -45000));

INSERT INTO transfers (reference, account, payee, amount, made)
SELECT 810000, 'a1', 'p1', 4000, date(today, '-30 days') FROM clock;

-- Fixed holidays of this year and the next two.
INSERT INTO holidays (day)
SELECT (CAST(strftime('%Y', today) AS INTEGER) + years.column1) || '-' || days.column1
FROM clock, (VALUES (0), (1), (2)) AS years,
    (VALUES ('01-01'), ('01-06'), ('05-01'), ('08-15'), ('10-12'), ('11-01'), ('12-06'), ('12-08'), ('12-25')) AS days;

-- Times at the branch on four weeks of working days; every third one is somebody's.
WITH RECURSIVE ahead (days) AS (VALUES (1) UNION ALL SELECT days + 1 FROM ahead WHERE days < 28)
INSERT INTO openings (day, time)
SELECT date(today, days || ' days'), column1 FROM clock, ahead, (VALUES ('09:00'), ('10:30'), ('12:00'), ('13:15'))
WHERE strftime('%w', date(today, days || ' days')) NOT IN ('0', '6')
    AND date(today, days || ' days') NOT IN (SELECT day FROM holidays)
ORDER BY days, column1;
INSERT INTO appointments (reference, customer, opening, made)
SELECT 620000 - id, '306207', id, date(today, '-3 days') FROM clock, openings WHERE id % 3 = 1;
