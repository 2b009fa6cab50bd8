-- The centres, their week, the days that break it, and who works there. Holidays are made for this year and the next two.

INSERT INTO centres (id, name, address, city, phone) VALUES
    ('centro', 'Olmeda Centro', 'calle de los Olmos, 12', 'Madrid', '910 555 310'),
    ('norte', 'Olmeda Norte', 'avenida de la Sierra, 84', 'Alcobendas', '910 555 320');

INSERT INTO centre_terms (centre, term) VALUES
    ('centro', 'olmeda centro'), ('centro', 'calle de los olmos'), ('centro', 'centro de madrid'), ('centro', 'madrid'),
    ('norte', 'olmeda norte'), ('norte', 'alcobendas'), ('norte', 'avenida de la sierra'), ('norte', 'norte'),
    ('norte', 'north centre'), ('norte', 'la sierra');

WITH week (weekday) AS (VALUES (1), (2), (3), (4), (5))
INSERT INTO opening_hours (centre, weekday, opens, closes)
SELECT id, weekday, '08:00', CASE id WHEN 'centro' THEN '21:00' ELSE '20:00' END FROM centres, week;
INSERT INTO opening_hours (centre, weekday, opens, closes) VALUES ('centro', 6, '09:00', '14:00');

CREATE TEMP TABLE years AS
SELECT CAST(strftime('%Y', today) AS INTEGER) + column1 AS year FROM clock, (VALUES (0), (1), (2));

INSERT INTO special_days (day, name_es, name_en, opens, closes)
SELECT year || '-' || column1, column2, column3, column4, column5 FROM years, (VALUES
    ('01-01', 'Año Nuevo', 'New Year''s Day', NULL, NULL),
    ('01-06', 'el día de Reyes', 'Epiphany', NULL, NULL),
    ('05-01', 'el Primero de Mayo', 'Labour Day', NULL, NULL),
    ('05-02', 'el Dos de Mayo', 'the Second of May', NULL, NULL),
    ('08-15', 'la Asunción', 'Assumption Day', NULL, NULL),
    ('10-12', 'la Fiesta Nacional', 'the National Day', NULL, NULL),
    ('11-01', 'Todos los Santos', 'All Saints'' Day', NULL, NULL),
    ('12-06', 'el día de la Constitución', 'Constitution Day', NULL, NULL),
    ('12-08', 'la Inmaculada', 'the Immaculate Conception', NULL, NULL),
    ('12-24', 'Nochebuena', 'Christmas Eve', '08:00', '14:00'),
    ('12-25', 'Navidad', 'Christmas Day', NULL, NULL),
    ('12-31', 'Nochevieja', 'New Year''s Eve', '08:00', '14:00'));
DROP TABLE years;

INSERT INTO special_day_terms (name_es, language, term) VALUES
    ('Año Nuevo', 'es', 'año nuevo'), ('Año Nuevo', 'en', 'new year s day'),
    ('el día de Reyes', 'es', 'reyes'), ('el día de Reyes', 'en', 'epiphany'),
    ('el Primero de Mayo', 'es', 'día del trabajo'), ('el Primero de Mayo', 'en', 'labour day'),
    ('la Asunción', 'es', 'asunción'), ('la Asunción', 'en', 'assumption'),
    ('la Fiesta Nacional', 'es', 'día de la hispanidad'), ('la Fiesta Nacional', 'es', 'día del pilar'),
    ('la Fiesta Nacional', 'en', 'national day'),
    ('Todos los Santos', 'es', 'todos los santos'), ('Todos los Santos', 'en', 'all saints'),
    ('el día de la Constitución', 'es', 'constitución'), ('el día de la Constitución', 'en', 'constitution'),
    ('la Inmaculada', 'es', 'inmaculada'), ('la Inmaculada', 'en', 'immaculate'),
    ('Nochebuena', 'es', 'nochebuena'), ('Nochebuena', 'en', 'christmas eve'),
    ('Navidad', 'es', 'navidad'), ('Navidad', 'en', 'christmas'),
    ('Nochevieja', 'es', 'nochevieja'), ('Nochevieja', 'en', 'new year s eve');

INSERT INTO specialties (id, name_es, name_en, price, referral) VALUES
    ('general', 'medicina general', 'general practice', 4500, 0),
    ('paediatrics', 'pediatría', 'paediatrics', 5500, 0),
    ('gynaecology', 'ginecología', 'gynaecology', 7500, 0),
    ('dermatology', 'dermatología', 'dermatology', 7000, 0),
    ('traumatology', 'traumatología', 'orthopaedics', 7500, 0),
    ('ophthalmology', 'oftalmología', 'ophthalmology', 6500, 0),
    ('cardiology', 'cardiología', 'cardiology', 9000, 1),
    ('physiotherapy', 'fisioterapia', 'physiotherapy', 3800, 0),
    ('laboratory', 'análisis clínicos', 'blood and urine tests', 2500, 0),
    ('allergy', 'alergología', 'allergy', 8000, 0);

INSERT INTO specialty_terms (specialty, language, term) VALUES
    ('general', 'es', 'médico de cabecera'), ('general', 'es', 'médico de familia'), ('general', 'es', 'médico general'),
    ('general', 'es', 'medicina de familia'), ('general', 'es', 'médico normal'), ('general', 'en', 'regular doctor'),
    ('general', 'en', 'normal doctor'), ('general', 'es', 'cabecera'), ('general', 'en', 'family doctor'),
    ('general', 'en', 'gp'), ('general', 'en', 'general practitioner'), ('general', 'en', 'family medicine'),
    ('paediatrics', 'es', 'pediatra'), ('paediatrics', 'es', 'médico de niños'), ('paediatrics', 'en', 'paediatrician'),
    ('paediatrics', 'en', 'pediatrician'), ('paediatrics', 'en', 'pediatrics'), ('paediatrics', 'en', 'children s doctor'),
    ('gynaecology', 'es', 'ginecóloga'), ('gynaecology', 'es', 'ginecólogo'), ('gynaecology', 'es', 'gine'),
    ('gynaecology', 'en', 'gynaecologist'), ('gynaecology', 'en', 'gynecologist'), ('gynaecology', 'en', 'gynecology'),
    ('dermatology', 'es', 'dermatólogo'), ('dermatology', 'es', 'dermatóloga'), ('dermatology', 'es', 'dermatólogos'),
    ('dermatology', 'es', 'médico de la piel'), ('dermatology', 'en', 'dermatologist'), ('dermatology', 'en', 'skin doctor'),
    ('traumatology', 'es', 'traumatólogo'), ('traumatology', 'es', 'traumatóloga'), ('traumatology', 'es', 'trauma'),
    ('traumatology', 'es', 'traumatólogos'), ('traumatology', 'en', 'orthopaedist'), ('traumatology', 'en', 'orthopedics'),
    ('traumatology', 'en', 'orthopaedic surgeon'), ('traumatology', 'en', 'bone doctor'),
    ('ophthalmology', 'es', 'oftalmólogo'), ('ophthalmology', 'es', 'oftalmóloga'), ('ophthalmology', 'es', 'oculista'),
    ('ophthalmology', 'en', 'ophthalmologist'), ('ophthalmology', 'en', 'eye doctor'), ('ophthalmology', 'en', 'eye specialist'),
    ('cardiology', 'es', 'cardiólogo'), ('cardiology', 'es', 'cardióloga'), ('cardiology', 'es', 'médico del corazón'),
    ('cardiology', 'en', 'cardiologist'), ('cardiology', 'en', 'heart doctor'), ('cardiology', 'en', 'heart specialist'),
    ('physiotherapy', 'es', 'fisio'), ('physiotherapy', 'es', 'fisioterapeuta'), ('physiotherapy', 'es', 'rehabilitación'),
    ('physiotherapy', 'en', 'physio'), ('physiotherapy', 'en', 'physiotherapist'), ('physiotherapy', 'en', 'physical therapy'),
    ('laboratory', 'es', 'análisis de sangre'), ('laboratory', 'es', 'analítica'), ('laboratory', 'es', 'análisis'),
    ('laboratory', 'es', 'sacarme sangre'), ('laboratory', 'es', 'extracción de sangre'), ('laboratory', 'es', 'laboratorio'),
    ('laboratory', 'en', 'blood test'), ('laboratory', 'en', 'lab'), ('laboratory', 'en', 'laboratory'),
    ('laboratory', 'en', 'blood drawn'), ('laboratory', 'en', 'bloods'),
    ('allergy', 'es', 'alergólogo'), ('allergy', 'es', 'alergóloga'), ('allergy', 'es', 'pruebas de alergia'),
    ('allergy', 'en', 'allergist'), ('allergy', 'en', 'allergy clinic');

INSERT INTO doctors (id, surname, title_es, title_en, specialty, centre) VALUES
    ('ruiz', 'Ruiz', 'la doctora Ruiz', 'Dr Ruiz', 'general', 'centro'),
    ('casado', 'Casado', 'el doctor Casado', 'Dr Casado', 'general', 'norte'),
    ('pardo', 'Pardo', 'la doctora Pardo', 'Dr Pardo', 'paediatrics', 'centro'),
    ('lozano', 'Lozano', 'la doctora Lozano', 'Dr Lozano', 'gynaecology', 'norte'),
    ('beltran', 'Beltrán', 'el doctor Beltrán', 'Dr Beltrán', 'dermatology', 'centro'),
    ('mora', 'Mora', 'la doctora Mora', 'Dr Mora', 'dermatology', 'norte'),
    ('aranda', 'Aranda', 'el doctor Aranda', 'Dr Aranda', 'traumatology', 'centro'),
    ('vidal', 'Vidal', 'la doctora Vidal', 'Dr Vidal', 'ophthalmology', 'centro'),
    ('santos', 'Santos', 'el doctor Santos', 'Dr Santos', 'cardiology', 'centro'),
    ('nieto', 'Nieto', 'Carmen Nieto', 'Carmen Nieto', 'physiotherapy', 'norte'),
    ('equipo', 'laboratorio', 'el equipo de laboratorio', 'the laboratory team', 'laboratory', 'centro'),
    ('soto', 'Soto', 'la doctora Soto', 'Dr Soto', 'allergy', 'norte');

INSERT INTO tests (id, name_es, name_en) VALUES
    ('blood', 'el análisis de sangre', 'the blood test'),
    ('urine', 'el análisis de orina', 'the urine test'),
    ('glucose', 'la curva de glucosa', 'the glucose tolerance test'),
    ('ultrasound', 'la ecografía abdominal', 'the abdominal ultrasound'),
    ('mri', 'la resonancia', 'the MRI scan'),
    ('ct', 'el TAC', 'the CT scan'),
    ('colonoscopy', 'la colonoscopia', 'the colonoscopy'),
    ('stress', 'la prueba de esfuerzo', 'the stress test'),
    ('mammogram', 'la mamografía', 'the mammogram'),
    ('allergy_test', 'las pruebas de alergia', 'the allergy tests');

INSERT INTO test_terms (test, language, term) VALUES
    ('blood', 'es', 'análisis de sangre'), ('blood', 'es', 'analítica'), ('blood', 'es', 'análisis'),
    ('blood', 'es', 'extracción de sangre'), ('blood', 'es', 'sacarme sangre'), ('blood', 'es', 'sangre'),
    ('blood', 'en', 'blood test'), ('blood', 'en', 'blood tests'), ('blood', 'en', 'bloods'), ('blood', 'en', 'blood'),
    ('urine', 'es', 'análisis de orina'), ('urine', 'es', 'orina'), ('urine', 'en', 'urine test'),
    ('urine', 'en', 'urine sample'), ('urine', 'en', 'urine'),
    ('glucose', 'es', 'curva de glucosa'), ('glucose', 'es', 'curva de azúcar'), ('glucose', 'es', 'glucosa'),
    ('glucose', 'en', 'glucose tolerance'), ('glucose', 'en', 'glucose'), ('glucose', 'en', 'sugar test'),
    ('ultrasound', 'es', 'ecografía'), ('ultrasound', 'es', 'eco'), ('ultrasound', 'es', 'ecografía abdominal'),
    ('ultrasound', 'en', 'ultrasound'), ('ultrasound', 'en', 'sonogram'),
    ('mri', 'es', 'resonancia'), ('mri', 'es', 'resonancia magnética'), ('mri', 'en', 'mri'),
    ('mri', 'en', 'mri scan'), ('mri', 'en', 'magnetic resonance'),
    ('ct', 'es', 'tac'), ('ct', 'es', 'escáner'), ('ct', 'en', 'ct scan'), ('ct', 'en', 'ct'), ('ct', 'en', 'cat scan'),
    ('colonoscopy', 'es', 'colonoscopia'), ('colonoscopy', 'en', 'colonoscopy'),
    ('stress', 'es', 'prueba de esfuerzo'), ('stress', 'es', 'ergometría'), ('stress', 'en', 'stress test'),
    ('stress', 'en', 'exercise test'), ('stress', 'en', 'treadmill test'),
    ('mammogram', 'es', 'mamografía'), ('mammogram', 'en', 'mammogram'), ('mammogram', 'en', 'mammography'),
    ('allergy_test', 'es', 'pruebas de alergia'), ('allergy_test', 'es', 'prueba de alergia'),
    ('allergy_test', 'es', 'alergia'), ('allergy_test', 'en', 'allergy test'), ('allergy_test', 'en', 'allergy tests'),
    ('allergy_test', 'en', 'skin prick');
