-- The offices, their week, the days that break it, what they see to and what people complain about.

INSERT INTO offices (id, name, address, phone) VALUES
    ('plaza', 'Plaza Mayor', 'Plaza Mayor, 1', '910 555 410'),
    ('ronda', 'Ronda Norte', 'Ronda Norte, 27', '910 555 420');

INSERT INTO office_terms (office, term) VALUES
    ('plaza', 'plaza mayor'), ('plaza', 'plaza'), ('plaza', 'main square'), ('plaza', 'oficina central'),
    ('ronda', 'ronda norte'), ('ronda', 'ronda'), ('ronda', 'north ring');

WITH week (weekday) AS (VALUES (1), (2), (3), (4), (5))
INSERT INTO opening_hours (office, weekday, opens, closes)
SELECT id, weekday, '08:30', CASE WHEN id = 'ronda' AND weekday < 5 THEN '18:30' ELSE '14:30' END FROM offices, week;
INSERT INTO opening_hours (office, weekday, opens, closes) VALUES ('plaza', 6, '09:00', '13:00');

CREATE TEMP TABLE years AS
SELECT CAST(strftime('%Y', today) AS INTEGER) + column1 AS year FROM clock, (VALUES (0), (1), (2));

INSERT INTO special_days (day, name_es, name_en, opens, closes)
SELECT year || '-' || column1, column2, column3, column4, column5 FROM years, (VALUES
    ('01-01', 'Año Nuevo', 'New Year''s Day', NULL, NULL),
    ('01-06', 'el día de Reyes', 'Epiphany', NULL, NULL),
    ('05-01', 'el Primero de Mayo', 'Labour Day', NULL, NULL),
    ('08-15', 'la Asunción', 'Assumption Day', NULL, NULL),
    ('09-08', 'la fiesta local', 'the local holiday', NULL, NULL),
    ('10-12', 'la Fiesta Nacional', 'the National Day', NULL, NULL),
    ('11-01', 'Todos los Santos', 'All Saints'' Day', NULL, NULL),
    ('12-06', 'el día de la Constitución', 'Constitution Day', NULL, NULL),
    ('12-08', 'la Inmaculada', 'the Immaculate Conception', NULL, NULL),
    ('12-24', 'Nochebuena', 'Christmas Eve', NULL, NULL),
    ('12-25', 'Navidad', 'Christmas Day', NULL, NULL),
    ('12-31', 'Nochevieja', 'New Year''s Eve', NULL, NULL));
DROP TABLE years;

INSERT INTO special_day_terms (name_es, language, term) VALUES
    ('Año Nuevo', 'es', 'año nuevo'), ('Año Nuevo', 'en', 'new year s day'),
    ('el día de Reyes', 'es', 'reyes'), ('el día de Reyes', 'en', 'epiphany'),
    ('el Primero de Mayo', 'es', 'día del trabajo'), ('el Primero de Mayo', 'en', 'labour day'),
    ('la Asunción', 'es', 'asunción'), ('la Asunción', 'en', 'assumption'),
    ('la fiesta local', 'es', 'fiesta local'), ('la fiesta local', 'es', 'fiestas del pueblo'),
    ('la fiesta local', 'en', 'local holiday'),
    ('la Fiesta Nacional', 'es', 'día de la hispanidad'), ('la Fiesta Nacional', 'es', 'día del pilar'),
    ('la Fiesta Nacional', 'en', 'national day'),
    ('Todos los Santos', 'es', 'todos los santos'), ('Todos los Santos', 'en', 'all saints'),
    ('el día de la Constitución', 'es', 'constitución'), ('el día de la Constitución', 'en', 'constitution'),
    ('la Inmaculada', 'es', 'inmaculada'), ('la Inmaculada', 'en', 'immaculate'),
    ('Nochebuena', 'es', 'nochebuena'), ('Nochebuena', 'en', 'christmas eve'),
    ('Navidad', 'es', 'navidad'), ('Navidad', 'en', 'christmas'),
    ('Nochevieja', 'es', 'nochevieja'), ('Nochevieja', 'en', 'new year s eve');

INSERT INTO procedures (id, name_es, name_en, fee, per, appointment) VALUES
    ('register', 'empadronarse', 'registering as a resident', 0, 'fixed', 1),
    ('certificate', 'el certificado de empadronamiento', 'the certificate of residence', 350, 'fixed', 1),
    ('works', 'la licencia de obras', 'the building permit', 9500, 'from', 1),
    ('business', 'la licencia de apertura', 'the business licence', 18000, 'from', 1),
    ('car_tax', 'el impuesto del coche', 'the car tax', 6200, 'year', 1),
    ('parking', 'la tarjeta de aparcamiento de residente', 'the resident''s parking card', 2400, 'year', 1),
    ('disabled', 'la tarjeta de aparcamiento por discapacidad', 'the disabled parking card', 0, 'fixed', 1),
    ('wedding', 'la boda civil', 'the civil wedding', 12000, 'fixed', 1),
    ('terrace', 'la licencia de terraza', 'the terrace permit', 21000, 'year', 1),
    ('entry', 'el registro de documentos', 'handing in documents', 0, 'fixed', 0);

INSERT INTO procedure_terms (procedure, language, term) VALUES
    ('register', 'es', 'empadronarme'), ('register', 'es', 'empadronarse'), ('register', 'es', 'empadronar'),
    ('register', 'es', 'empadronamiento'), ('register', 'es', 'alta en el padrón'), ('register', 'es', 'padrón'),
    ('register', 'es', 'cambio de domicilio'), ('register', 'en', 'register as a resident'),
    ('register', 'en', 'registering as a resident'), ('register', 'en', 'residence registration'),
    ('register', 'en', 'change of address'), ('register', 'en', 'town register'), ('register', 'en', 'padron'),
    ('certificate', 'es', 'certificado de empadronamiento'), ('certificate', 'es', 'volante de empadronamiento'),
    ('certificate', 'es', 'certificado de padrón'), ('certificate', 'es', 'volante de padrón'),
    ('certificate', 'es', 'certificado del padrón'), ('certificate', 'es', 'certificado'), ('certificate', 'es', 'volante'),
    ('certificate', 'en', 'certificate of residence'), ('certificate', 'en', 'residence certificate'),
    ('certificate', 'en', 'proof of residence'), ('certificate', 'en', 'certificate'),
    ('works', 'es', 'licencia de obras'), ('works', 'es', 'permiso de obras'), ('works', 'es', 'obra'), ('works', 'es', 'obras'),
    ('works', 'es', 'reforma'), ('works', 'en', 'building permit'), ('works', 'en', 'building works'),
    ('works', 'en', 'planning permission'), ('works', 'en', 'renovation'), ('works', 'en', 'works permit'),
    ('business', 'es', 'licencia de apertura'), ('business', 'es', 'licencia de actividad'), ('business', 'es', 'abrir un negocio'),
    ('business', 'es', 'abrir un local'), ('business', 'es', 'abrir una tienda'), ('business', 'en', 'business licence'),
    ('business', 'en', 'business license'), ('business', 'en', 'open a shop'), ('business', 'en', 'open a business'),
    ('car_tax', 'es', 'impuesto del coche'), ('car_tax', 'es', 'impuesto de circulación'), ('car_tax', 'es', 'numerito'),
    ('car_tax', 'es', 'impuesto de vehículos'), ('car_tax', 'en', 'car tax'), ('car_tax', 'en', 'vehicle tax'),
    ('car_tax', 'en', 'road tax'),
    ('parking', 'es', 'tarjeta de residente'), ('parking', 'es', 'aparcamiento de residente'), ('parking', 'es', 'zona azul'),
    ('parking', 'es', 'tarjeta de aparcamiento'), ('parking', 'en', 'resident s parking'), ('parking', 'en', 'parking card'),
    ('parking', 'en', 'parking permit'), ('parking', 'en', 'resident parking'),
    ('disabled', 'es', 'aparcamiento por discapacidad'), ('disabled', 'es', 'tarjeta de discapacidad'),
    ('disabled', 'es', 'tarjeta de minusválido'), ('disabled', 'es', 'movilidad reducida'),
    ('disabled', 'en', 'disabled parking'), ('disabled', 'en', 'blue badge'), ('disabled', 'en', 'disability card'),
    ('disabled', 'es', 'tarjeta de aparcamiento por discapacidad'), ('disabled', 'es', 'aparcamiento de discapacitados'),
    ('disabled', 'en', 'disabled parking card'), ('disabled', 'en', 'disability parking'), ('disabled', 'en', 'disabled parking permit'),
    ('wedding', 'es', 'boda'), ('wedding', 'es', 'boda civil'), ('wedding', 'es', 'casarme'), ('wedding', 'es', 'casarnos'),
    ('wedding', 'es', 'matrimonio'), ('wedding', 'en', 'wedding'), ('wedding', 'en', 'get married'), ('wedding', 'en', 'marriage'),
    ('terrace', 'es', 'terraza'), ('terrace', 'es', 'licencia de terraza'), ('terrace', 'es', 'mesas en la calle'),
    ('terrace', 'en', 'terrace'), ('terrace', 'en', 'tables outside'), ('terrace', 'en', 'terrace permit'),
    ('entry', 'es', 'registro de documentos'), ('entry', 'es', 'registrar un escrito'), ('entry', 'es', 'registro general'),
    ('entry', 'es', 'presentar un escrito'), ('entry', 'es', 'instancia'), ('entry', 'en', 'hand in documents'),
    ('entry', 'en', 'hand in a document'), ('entry', 'en', 'file a letter'), ('entry', 'en', 'general registry');

INSERT INTO desks (procedure, office)
SELECT procedures.id, offices.id FROM procedures, offices
WHERE offices.id = 'plaza' OR procedures.id IN ('register', 'certificate', 'car_tax', 'parking', 'disabled');
-- Weddings and terraces are seen to by one person, who is away: nothing is free.
DELETE FROM desks WHERE procedure = 'terrace';

INSERT INTO subjects (id, name_es, name_en) VALUES
    ('cleaning', 'la limpieza y la basura', 'cleaning and rubbish'),
    ('lighting', 'el alumbrado', 'street lighting'),
    ('noise', 'el ruido', 'noise'),
    ('road', 'el estado de la calzada o la acera', 'the road or the pavement'),
    ('park', 'los parques y jardines', 'parks and gardens'),
    ('bus', 'el transporte público', 'public transport'),
    ('tax', 'los tributos y las multas', 'taxes and fines'),
    ('staff', 'la atención recibida', 'how you were treated');

INSERT INTO subject_terms (subject, language, term) VALUES
    ('cleaning', 'es', 'limpieza'), ('cleaning', 'es', 'basura'), ('cleaning', 'es', 'contenedor'), ('cleaning', 'es', 'sucia'),
    ('cleaning', 'es', 'suciedad'), ('cleaning', 'es', 'contenedores'), ('cleaning', 'es', 'ratas'), ('cleaning', 'en', 'cleaning'),
    ('cleaning', 'en', 'rubbish'), ('cleaning', 'en', 'bins'), ('cleaning', 'en', 'dirty'), ('cleaning', 'en', 'garbage'),
    ('lighting', 'es', 'alumbrado'), ('lighting', 'es', 'farola'), ('lighting', 'es', 'farolas'), ('lighting', 'es', 'luz de la calle'), ('lighting', 'es', 'a oscuras'),
    ('lighting', 'en', 'lighting'), ('lighting', 'en', 'street light'), ('lighting', 'en', 'street lamp'), ('lighting', 'en', 'lamp post'),
    ('noise', 'es', 'ruido'), ('noise', 'es', 'ruidos'), ('noise', 'es', 'música alta'), ('noise', 'es', 'molestias'),
    ('noise', 'en', 'noise'), ('noise', 'en', 'loud music'), ('noise', 'en', 'noisy'),
    ('road', 'es', 'bache'), ('road', 'es', 'baches'), ('road', 'es', 'acera'), ('road', 'es', 'calzada'), ('road', 'es', 'socavón'),
    ('road', 'es', 'asfalto'), ('road', 'en', 'pothole'), ('road', 'en', 'potholes'), ('road', 'en', 'pavement'), ('road', 'en', 'road'),
    ('road', 'en', 'sidewalk'),
    ('park', 'es', 'parque'), ('park', 'es', 'jardín'), ('park', 'es', 'árbol'), ('park', 'es', 'árboles'), ('park', 'es', 'columpios'),
    ('park', 'en', 'park'), ('park', 'en', 'garden'), ('park', 'en', 'tree'), ('park', 'en', 'playground'),
    ('bus', 'es', 'autobús'), ('bus', 'es', 'autobuses'), ('bus', 'es', 'transporte'), ('bus', 'en', 'bus'), ('bus', 'en', 'public transport'),
    ('tax', 'es', 'multa'), ('tax', 'es', 'impuesto'), ('tax', 'es', 'tributos'), ('tax', 'es', 'recibo'), ('tax', 'en', 'fine'),
    ('tax', 'en', 'tax'), ('tax', 'en', 'taxes'),
    ('staff', 'es', 'trato'), ('staff', 'es', 'atención'), ('staff', 'es', 'funcionario'), ('staff', 'es', 'funcionaria'),
    ('staff', 'es', 'me atendieron'), ('staff', 'es', 'maleducado'), ('staff', 'es', 'maleducada'),
    ('staff', 'es', 'mostrador'), ('staff', 'es', 'ventanilla'), ('staff', 'en', 'rude'), ('staff', 'en', 'counter'),
    ('staff', 'en', 'treated'), ('staff', 'en', 'staff'), ('staff', 'en', 'official'),
    ('staff', 'en', 'clerk');
