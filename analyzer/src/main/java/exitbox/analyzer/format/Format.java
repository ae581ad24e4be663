package exitbox.analyzer.format;

import exitbox.analyzer.text.Paint;
import exitbox.analyzer.text.TextOut;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Locale;

/// The forms an answer can be written in.
public enum Format {
    TABLE, CSV, TSV, JSON, NDJSON, MARKDOWN, PARQUET, ARROW;

    /// The word for `--format`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The format of this word; null when there is none.
    public static Format ofWord(String word) {
        for (Format format : values()) {
            if (format.word().equals(word.toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        return null;
    }

    /// All words for a sentence.
    public static String words() {
        return String.join(", ", Arrays.stream(values()).map(Format::word).toList());
    }

    /// Whether it is bytes that no terminal should get.
    public boolean isBinary() {
        return this == PARQUET || this == ARROW;
    }

    /// The format that a file's name asks for by its ending; null when it asks for none.
    public static Format ofFileName(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
            case "csv" -> CSV;
            case "tsv" -> TSV;
            case "json" -> JSON;
            case "ndjson", "jsonl" -> NDJSON;
            case "md" -> MARKDOWN;
            case "parquet" -> PARQUET;
            case "arrow", "arrows" -> ARROW;
            default -> null;
        };
    }

    /// Whether lists and structs are written as JSON.
    public boolean wantsJsonValues() {
        return this == JSON || this == NDJSON;
    }

    /// Whether it is for people's eyes, who want units; programs want the values.
    public boolean isForPeople() {
        return this == TABLE || this == MARKDOWN;
    }

    /// @param screenWidth the terminal's columns; 0 when the answer goes elsewhere
    /// @param readable whether units by the columns' names are wanted, where the form is for people
    RowWriter writer(TextOut out, ZoneId zone, Paint paint, int screenWidth, boolean readable) {
        Cells cells = readable && isForPeople() ? new ReadableCells(zone) : new Cells(zone, ' ');
        return switch (this) {
            case TABLE -> new TableWriter(out, cells, paint, screenWidth);
            case CSV -> new SeparatedWriter(out, cells, ',');
            case TSV -> new SeparatedWriter(out, cells, '\t');
            case JSON -> new JsonWriter(out, new Cells(zone, 'T'), false, false);
            case NDJSON -> new JsonWriter(out, new Cells(zone, 'T'), true, false);
            case MARKDOWN -> new MarkdownWriter(out, cells);
            case PARQUET, ARROW -> throw new IllegalArgumentException(word() + " is no text");
        };
    }
}
