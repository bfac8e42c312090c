package dev.weft.models.data;

import java.io.IOException;
import java.io.InputStream;

/** Documents one after the other, each beginning on a line of its own. */
final class CorpusText {

    private final CorpusSink sink;
    /** The last character so far; what is empty needs no line break. */
    private char last = '\n';

    CorpusText(CorpusSink sink) {
        this.sink = sink;
    }

    void document(String text) {
        if (!text.isEmpty()) {
            begin();
            piece(text);
        }
    }

    /** A document as long as it wants to be. */
    void document(InputStream stream, String origin) throws IOException {
        boolean[] begun = {false};
        Utf8.read(stream, origin, piece -> {
            if (!begun[0]) {
                begin();
                begun[0] = true;
            }
            piece(piece);
        });
    }

    private void begin() {
        if (last != '\n') {
            sink.text("\n");
        }
    }

    private void piece(CharSequence piece) {
        sink.text(piece);
        last = piece.charAt(piece.length() - 1);
    }
}
