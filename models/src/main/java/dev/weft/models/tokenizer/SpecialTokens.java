package dev.weft.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A text in which special tokens stand: cut at them, the longest spelling first, what is between is text. */
final class SpecialTokens {

    private SpecialTokens() {}

    static int[] encode(BpeTokenizer tokenizer, byte[] bytes) {
        Map<String, Integer> ids = new HashMap<>();
        tokenizer
                .vocabulary()
                .special()
                .forEach((token, id) -> ids.put(letters(token.getBytes(StandardCharsets.UTF_8)), id));
        Pattern any = Pattern.compile(ids.keySet().stream()
                .sorted(Comparator.comparing(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
        String text = letters(bytes);
        Matcher matcher = any.matcher(text);
        IntStream.Builder found = IntStream.builder();
        int from = 0;
        while (matcher.find()) {
            add(found, tokenizer, text.substring(from, matcher.start()));
            found.add(ids.get(matcher.group()));
            from = matcher.end();
        }
        add(found, tokenizer, text.substring(from));
        return found.build().toArray();
    }

    private static void add(IntStream.Builder found, BpeTokenizer tokenizer, String letters) {
        for (int id : tokenizer.encodeBytes(letters.getBytes(StandardCharsets.ISO_8859_1))) {
            found.add(id);
        }
    }

    /** A letter for each byte, so that text that is no UTF-8 can be searched too. */
    private static String letters(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
