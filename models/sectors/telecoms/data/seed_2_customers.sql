-- Customers, their lines, bills, and what is under way. Days are counted from today (the one-row table `clock`).

INSERT INTO customers (id, name, code) VALUES
    (1, 'Marta Navarro', '4821'), (2, 'Iván Serrano', '7306'), (3, 'Rocío Méndez', '1958'),
    (4, 'Pablo Gallego', '6042'), (5, 'Elena Ortiz', '2197'), (6, 'Hugo Prieto', '8350'),
    (7, 'Laura Vidal', '5614'), (8, 'Sergio Blanco', '9073'), (9, 'Nuria Rubio', '3468'), (10, 'Ana Vega', '6725');

INSERT INTO lines (number, customer, plan, area, state, sync) VALUES
    ('910204815', 1, 'fibre_300', 'centro', 'active', 1),
    ('612304815', 1, 'mobile_20', 'centro', 'active', 1),
    ('910350127', 2, 'fibre_600', 'norte', 'active', 0),
    ('625350127', 2, 'mobile_60', 'norte', 'active', 1),
    ('910461340', 3, 'fibre_600', 'sur', 'active', 0),
    ('634461340', 3, 'mobile_all', 'sur', 'active', 1),
    ('910573908', 4, 'fibre_300', 'este', 'active', 0),
    ('646573908', 4, 'mobile_20', 'este', 'active', 1),
    ('910690455', 5, 'fibre_1000', 'oeste', 'active', 1),
    ('655690455', 5, 'mobile_60', 'oeste', 'active', 1),
    ('910784033', 6, 'fibre_300', 'norte', 'suspended', 1),
    ('910894752', 7, 'fibre_600', 'centro', 'active', 1),
    ('668894752', 7, 'mobile_60', 'centro', 'active', 1),
    ('910978803', 8, 'fibre_1000', 'norte', 'active', 1),
    ('910164301', 9, 'fibre_300', 'centro', 'active', 1),
    ('679164301', 9, 'mobile_20', 'centro', 'active', 1),
    ('910250670', 10, 'fibre_600', 'norte', 'active', 1);

-- Two bills a line: last month's and this month's.
INSERT INTO bills (number, line, issued, due)
SELECT 500000 + 2 * (lines.rowid) + month, lines.number, date(today, (month * 30 - 38) || ' days'),
    date(today, (month * 30 - 28) || ' days')
FROM clock, lines, (SELECT 0 AS month UNION SELECT 1)
WHERE NOT (lines.number = '910250670' AND month = 0);

INSERT INTO bill_items (bill, concept, amount)
SELECT bills.number, 'plan', plans.price
FROM bills JOIN lines ON lines.number = bills.line JOIN plans ON plans.id = lines.plan;

-- The last bill of these has something that the one before had not.
INSERT INTO bill_items (bill, concept, amount)
SELECT max(bills.number), column2, column3
FROM bills JOIN (VALUES
    ('612304815', 'roaming', 1840), ('910894752', 'calls', 735), ('910978803', 'device', 600),
    ('910250670', 'part', -1550)) ON column1 = bills.line
GROUP BY bills.line;

-- A discount that ended with the bill before, and one that began with this one.
INSERT INTO bill_items (bill, concept, amount)
SELECT min(number), 'discount', -1000 FROM bills WHERE line = '910204815'
UNION SELECT max(number), 'discount', -500 FROM bills WHERE line = '910690455';

INSERT INTO visits (case_number, line, reason, day, opens, state)
SELECT column1, column2, column3, date(today, column4 || ' days'), column5, column6
FROM clock, (VALUES
    (400001, '910894752', 'slow', 2, '16:00', 'booked'), (400002, '910164301', 'asked', -20, '09:00', 'done'));

INSERT INTO complaints (case_number, line, topic, opened, due, state)
SELECT column1, column2, column3, date(today, column4 || ' days'), date(today, column5 || ' days'), column6
FROM clock, (VALUES
    (300001, '910978803', 'billing', -5, 16, 'open'), (300002, '910164301', 'visit', -40, -19, 'answered'));

INSERT INTO plan_changes (case_number, line, old, new, starts, state)
SELECT 200001, '668894752', 'mobile_60', 'mobile_20', date(today, 'start of month', '+1 month'), 'pending' FROM clock;

-- And three hundred more, so that a search is a search.
WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 300)
INSERT INTO customers (id, name, code)
SELECT 100 + n, 'Cliente ' || n, printf('%04d', 1000 + (n * 7919) % 9000) FROM more;

WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 300)
INSERT INTO lines (number, customer, plan, area)
SELECT printf('9110%05d', 10000 + (n * 283) % 90000), 100 + n,
    CASE n % 3 WHEN 0 THEN 'fibre_300' WHEN 1 THEN 'fibre_600' ELSE 'fibre_1000' END,
    CASE n % 4 WHEN 0 THEN 'centro' WHEN 1 THEN 'norte' WHEN 2 THEN 'este' ELSE 'oeste' END
FROM more;
