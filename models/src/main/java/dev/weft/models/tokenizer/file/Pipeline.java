package dev.weft.models.tokenizer.file;

import dev.weft.graph.UserException;
import dev.weft.models.tokenizer.split.SplitPattern;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The steps that {@code tokenizer.json} puts around its model. */
final class Pipeline {

    private static final String BYTE_LEVEL = "ByteLevel";
    private static final String SEQUENCE = "Sequence";
    private static final String KNOWN = "ByteLevel, alone or behind a Split by the pattern of GPT-2 or GPT-4";

    private Pipeline() {}

    /** The steps of a sequence, or the one that it is. */
    private static List<Fields> steps(Fields step) {
        if (!step.text("type").equals(SEQUENCE)) {
            return List.of(step);
        }
        for (String name : List.of("pretokenizers", "normalizers", "decoders")) {
            if (step.has(name)) {
                return step.objects(name);
            }
        }
        return List.of();
    }

    static boolean isEmpty(Fields step) {
        return steps(step).isEmpty();
    }

    static String names(Fields step) {
        return steps(step).stream().map(each -> each.text("type")).collect(Collectors.joining(", "));
    }

    /** How the file cuts text into words. */
    static SplitPattern pattern(Fields root) {
        if (!root.has("pre_tokenizer")) {
            throw root.unsupported("text that is not cut into words (no pre_tokenizer)", KNOWN);
        }
        List<Fields> steps = steps(root.object("pre_tokenizer"));
        for (Fields step : steps) {
            String type = step.text("type");
            if (!type.equals(BYTE_LEVEL) && !type.equals("Split")) {
                throw step.unsupported("pre-tokenizer " + type, KNOWN);
            }
            if (type.equals(BYTE_LEVEL) && step.isOn("add_prefix_space")) {
                throw step.unsupported("add_prefix_space", KNOWN);
            }
        }
        boolean last = !steps.isEmpty() && steps.getLast().text("type").equals(BYTE_LEVEL);
        boolean cuts =
                last && (!steps.getLast().has("use_regex") || steps.getLast().isOn("use_regex"));
        if (steps.size() == 1 && cuts) {
            return SplitPattern.GPT2;
        }
        if (steps.size() == 2 && last && !cuts && steps.getFirst().text("type").equals("Split")) {
            return split(steps.getFirst());
        }
        throw root.unsupported("pre-tokenizers " + names(root.object("pre_tokenizer")) + " in this order", KNOWN);
    }

    private static SplitPattern split(Fields step) {
        String behavior = step.text("behavior");
        if (!behavior.equals("Isolated") || step.isOn("invert")) {
            throw step.unsupported(
                    "Split with behavior " + behavior + (step.isOn("invert") ? ", inverted" : ""), KNOWN);
        }
        Fields pattern = step.object("pattern");
        if (!pattern.has("Regex")) {
            throw step.unsupported("Split by the text " + pattern.get("String"), KNOWN);
        }
        String regex = pattern.text("Regex");
        return SplitPattern.ofRegex(regex)
                .orElseThrow(() -> new UserException(
                        step.place("pattern") + ": Weft cuts text by the patterns of GPT-2 and GPT-4, got " + regex));
    }

    static void requireByteLevelDecoder(Fields root) {
        if (root.has("decoder")
                && !steps(root.object("decoder")).stream()
                        .allMatch(step -> step.text("type").equals(BYTE_LEVEL))) {
            throw root.unsupported("decoder " + names(root.object("decoder")), BYTE_LEVEL);
        }
    }

    static Map<String, Object> preTokenizer(SplitPattern pattern) {
        if (pattern == SplitPattern.GPT2) {
            return byteLevel(true);
        }
        Map<String, Object> split = new LinkedHashMap<>();
        split.put("type", "Split");
        split.put("pattern", Map.of("Regex", pattern.regex()));
        split.put("behavior", "Isolated");
        split.put("invert", false);
        Map<String, Object> sequence = new LinkedHashMap<>();
        sequence.put("type", SEQUENCE);
        sequence.put("pretokenizers", List.of(split, byteLevel(false)));
        return sequence;
    }

    static Map<String, Object> byteLevel(boolean regex) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("type", BYTE_LEVEL);
        step.put("add_prefix_space", false);
        step.put("trim_offsets", true);
        step.put("use_regex", regex);
        return step;
    }
}
