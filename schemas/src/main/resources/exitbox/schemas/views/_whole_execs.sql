-- Every exec of the recording up to the end of the window, whatever the filters leave of execs.
CREATE VIEW _whole_execs AS
SELECT * FROM execs;
