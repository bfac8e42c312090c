package dev.weft.models.tokenizer;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import com.knuddels.jtokkit.api.IntArrayList;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;

/** GPT-2's byte-level byte-pair encoding ({@code r50k_base}): 50,256 pieces, and 50256 between documents. */
public final class Gpt2Tokenizer implements Tokenizer {

    static final String KIND = "gpt2";
    static final int SIZE = 50257;
    private static final int END_OF_TEXT = SIZE - 1;

    private final Encoding encoding = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.R50K_BASE);

    @Override
    public String name() {
        return KIND;
    }

    @Override
    public int vocabularySize() {
        return SIZE;
    }

    @Override
    public int[] encode(String text) {
        return encoding.encodeOrdinary(text).toArray();
    }

    @Override
    public byte[] bytes(int id) {
        if (id < 0 || id > END_OF_TEXT) {
            throw Tokenizers.unknownId(this, id);
        }
        IntArrayList one = new IntArrayList(1);
        one.add(id);
        return encoding.decodeBytes(one);
    }

    @Override
    public OptionalInt endOfText() {
        return OptionalInt.of(END_OF_TEXT);
    }

    @Override
    public String fingerprint() {
        return KIND;
    }

    @Override
    public void save(Path folder) {
        Tokenizers.save(folder, KIND, Map.of());
    }
}
