package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import dev.weft.models.json.JsonStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files that list documents. A document of JSON is an object with {@code text}, or with {@code tokens}, and maybe with
 * {@code weights}, one for each token; others of its fields are overlooked.
 */
final class Documents {

    private static final String TEXT = "text";

    private final CorpusText text;
    private final CorpusSink sink;

    Documents(CorpusText text, CorpusSink sink) {
        this.text = text;
        this.sink = sink;
    }

    /** One JSON object a line. */
    void jsonLines(InputStream stream, String origin) throws IOException {
        Lines lines = new Lines();
        Utf8.read(stream, origin, piece -> lines.accept(piece, origin));
        lines.flush(origin);
    }

    private final class Lines {

        private final StringBuilder line = new StringBuilder();
        private long number = 1;

        void accept(CharBuffer piece, String origin) {
            for (int i = 0; i < piece.length(); i++) {
                char c = piece.charAt(i);
                if (c == '\n') {
                    flush(origin);
                    number++;
                } else {
                    line.append(c);
                }
            }
        }

        void flush(String origin) {
            String row = line.toString();
            line.setLength(0);
            if (!row.isBlank()) {
                String where = origin + ", line " + number;
                document(Json.parseObject(row, where), where);
            }
        }
    }

    /** Whether a {@code .json} file that begins so is a list of documents, and not just text in the form of JSON. */
    static boolean isList(byte[] head) {
        return JsonStream.listsStringsOrObjectsWith(TEXT, head);
    }

    /** A JSON array of strings and of objects as above. */
    void json(InputStream stream, String origin) throws IOException {
        long[] number = {0};
        JsonStream.elements(stream, origin, element -> {
            String where = origin + ", document " + ++number[0];
            switch (element) {
                case String string -> text.document(string);
                case Map<?, ?> object -> document(object, where);
                case null, default -> throw noDocument(where);
            }
        });
    }

    private static UserException noDocument(String where) {
        return new UserException(where + ": must be an object with a string \"text\" or a list of \"tokens\"");
    }

    private void document(Map<?, ?> object, String where) {
        float[] weights = object.get("weights") == null ? null : floats(object.get("weights"), where);
        if (object.get(TEXT) instanceof String string) {
            if (weights == null) {
                text.document(string);
            } else {
                sink.weighted(where, string, weights);
            }
        } else if (object.get(TEXT) == null && object.get("tokens") instanceof List<?> ids) {
            tokens(where, ids, weights);
        } else {
            throw noDocument(where);
        }
    }

    private void tokens(String where, List<?> values, float @Nullable [] weights) {
        int[] ids = new int[values.size()];
        for (int i = 0; i < ids.length; i++) {
            if (!(values.get(i) instanceof Integer id) || id < 0) {
                throw new UserException(where + ": tokens must be whole numbers from 0, got " + values.get(i));
            }
            ids[i] = id;
        }
        if (weights != null) {
            requireAsMany(where, ids.length, weights.length);
        }
        sink.tokens(where, ids, weights);
    }

    /** A weight for each token. */
    static void requireAsMany(String where, int tokens, int weights) {
        if (tokens != weights) {
            throw new UserException(
                    "%s: weights must be as many as tokens, got %d for %d tokens".formatted(where, weights, tokens));
        }
    }

    private static float[] floats(@Nullable Object value, String where) {
        if (!(value instanceof List<?> list)) {
            throw new UserException(where + ": weights must be a list of numbers, got " + value);
        }
        float[] floats = new float[list.size()];
        for (int i = 0; i < floats.length; i++) {
            boolean good = list.get(i) instanceof Number number
                    && number.doubleValue() >= 0
                    && Float.isFinite(number.floatValue());
            if (!good) {
                throw new UserException(where + ": weights must be numbers from 0, got " + list.get(i));
            }
            floats[i] = ((Number) list.get(i)).floatValue();
        }
        return floats;
    }

    /** Whether a {@code .csv} file that begins so has a column called text. */
    static boolean hasTextColumn(byte[] head, String origin) throws IOException {
        int[] column = {-1};
        Csv csv = new Csv(origin, (number, fields) -> {
            if (number == 1) {
                column[0] = textColumn(fields);
            }
        });
        try {
            Utf8.read(new ByteArrayInputStream(head), origin, csv::accept);
        } catch (UserException notCsv) {
            return column[0] >= 0;
        }
        return column[0] >= 0;
    }

    private static int textColumn(List<String> header) {
        return header.stream()
                .map(field -> field.strip().toLowerCase(Locale.ROOT))
                .toList()
                .indexOf(TEXT);
    }

    /** The column called text of each record. */
    void csv(InputStream stream, String origin) throws IOException {
        int[] column = {-1, 0};
        Csv csv = new Csv(origin, (number, fields) -> {
            if (number == 1) {
                column[0] = textColumn(fields);
                column[1] = fields.size();
            } else if (fields.size() != column[1]) {
                throw new UserException("%s, record %d: must have %d fields as the header has, got %d"
                        .formatted(origin, number, column[1], fields.size()));
            } else {
                text.document(fields.get(column[0]));
            }
        });
        Utf8.read(stream, origin, csv::accept);
        csv.finish();
    }
}
