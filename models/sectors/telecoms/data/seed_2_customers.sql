-- Customers, their lines, bills, and what is under way. Days are counted from today (the one-row table `clock`).

INSERT INTO customers (id, name) VALUES
    (1, 'Marta Navarro'), (2, 'Iván Serrano'), (3, 'Rocío Méndez'),
    (4, 'Pablo Gallego'), (5, 'Elena Ortiz'), (6, 'Hugo Prieto'),
    (7, 'Laura Vidal'), (8, 'Sergio Blanco'), (9, 'Nuria Rubio'), (10, 'Ana Vega');

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

-- scrypt (n = 16384, r = 8, p = 1) of the codes of the contracts, for demonstrations: 4821, 7306, 1958, 6042, 2197, 8350, 5614, 9073, 3468, 6725,
-- in the order of the customers.
INSERT INTO identity_secrets (customer, kind, salt, digest) VALUES
    ('910204815', 'code', X'6610d6f82eeae75302554bbb3ca5a281',
     X'29d4fd185079ce561bbd8dffdcf01f1adcb16041a84502366f3b8fa39e87682e'),
    ('612304815', 'code', X'53690672dcacd374d82ee0aa32921c01',
     X'3e986f12d88ec5f3c3d914e6cc7337f5342e65a8e7af2a851683186e3a288331'),
    ('910350127', 'code', X'3c5c3136802b4347e70dcdb6a630e96b',
     X'f66a78f3e0afbe149ef4c5a2f1089d14debacd2cdb1f963132e3c1c083773a1b'),
    ('625350127', 'code', X'81c6eae491d056c82980ab5a80ae6029',
     X'f40ddaf8680a9a8008c88168b2e0bc50e7dbcc451d60a293d56b9ef229cc6ed4'),
    ('910461340', 'code', X'95ff9b2c0e36c87dc56dd055367fc59f',
     X'dfed49cdb657454248966a4d6d05acdc85ba4206ffccd96e84f596f5ec2672ce'),
    ('634461340', 'code', X'a93482fa3126399627f33df881c4a3f5',
     X'1650d68cf5ae6c4a4e87cae9e1d2c1994da24d5eaff81810cdefecc26c70aa25'),
    ('910573908', 'code', X'8e243723dfa8931615e8ceb0d700fb34',
     X'a573d3d7fac2c7e6799f7d502ac539a765d6837c6f62287ba02248b6a14e4246'),
    ('646573908', 'code', X'33a67ea458b8f253d48d8a0e4e282024',
     X'7973d2c4d27104e93ad472eb7667083fef807390c95e0628a4ac1ff6458dfca3'),
    ('910690455', 'code', X'83dd7f0900fe069b5bc728c8ff47b958',
     X'c5413fc0c78730a41a0fa3929042d8fb3b07661a1e5ac55203ce740d070e823c'),
    ('655690455', 'code', X'b5a1988cd01792f1be7a34d78724d9d4',
     X'37472b5375089c2844d2c8d1d0a9aa6b6f6defdaa7e081cc468438d0bed85759'),
    ('910784033', 'code', X'f6982099fb5a588541e12560b35c0e04',
     X'7a25982234121a1057b3cab3b4f42931be5b6e2e0bb862aac4d5c29de90390eb'),
    ('910894752', 'code', X'e164bbcb9a1e6a5fddcbd3002519cd2f',
     X'4fdfa35f5a259ab9208b8a206df14a46e6e3bf4e498801937bf702fb6607f14d'),
    ('668894752', 'code', X'9cc80f741c1838e79441d76d65505ce7',
     X'4e94396fe5e1618a3d71272319e44ac0603279be42f99b135a7928c47fc3d771'),
    ('910978803', 'code', X'b4710b0d92b8f26dbf0a779173acace1',
     X'49d38c6cbe5654f7436edf51f7235ca33cc573c7aa81d6efc66c7bcf705a1c98'),
    ('910164301', 'code', X'72004ff28d12a9aa5a354ea58d2203fa',
     X'74c12906923ebc231b68b620a64805c98bc2045cae0c340723b65e020fc8d67d'),
    ('679164301', 'code', X'7825a2d39316ae72e97fea65a151b99b',
     X'328869ede9f82485368960bcbd9864912ab9e33d8dab9be366cc27aebcf80968'),
    ('910250670', 'code', X'd0905f0c4c41f47f0c201ac0f8c60393',
     X'a29cf1ad6d859c375e6b0ea2c168cb897588662817cd2188854bb924d077841f');

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
INSERT INTO customers (id, name)
SELECT 100 + n, 'Cliente ' || n FROM more;

WITH RECURSIVE more (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 300)
INSERT INTO lines (number, customer, plan, area)
SELECT printf('9110%05d', 10000 + (n * 283) % 90000), 100 + n,
    CASE n % 3 WHEN 0 THEN 'fibre_300' WHEN 1 THEN 'fibre_600' ELSE 'fibre_1000' END,
    CASE n % 4 WHEN 0 THEN 'centro' WHEN 1 THEN 'norte' WHEN 2 THEN 'este' ELSE 'oeste' END
FROM more;
