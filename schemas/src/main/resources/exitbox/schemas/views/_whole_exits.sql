-- Every death of the recording up to the end of the window, whatever the filters leave of exits.
CREATE VIEW _whole_exits AS
SELECT * FROM exits;
