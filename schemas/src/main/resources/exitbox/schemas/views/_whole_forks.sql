-- Every fork of the recording up to the end of the window, whatever the filters leave of forks.
CREATE VIEW _whole_forks AS
SELECT * FROM forks;
