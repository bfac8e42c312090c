package dev.weft.backend.cuda.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts from which one barrier has been taken: each {@code sync()} of a kernel, and each in a function of {@code kernels.cuh} that it calls. */
final class Barriers {
    private static final Pattern BARRIER = Pattern.compile("\\bsync\\(\\);");
    private static final Pattern FUNCTION =
            Pattern.compile("(?ms)^(?:template<[^\\n]*> )?DEVICE [^\\n{=]*?(\\w+)\\([^\\n]*\\) \\{\\n.*?^\\}\\n");

    /** How many barriers each function of {@code kernels.cuh} has that has any. */
    private final Map<String, Integer> functions = new LinkedHashMap<>();

    private final String kernels;

    /** @param kernels the text of {@code kernels.cuh} */
    Barriers(String kernels) {
        StringBuilder more = new StringBuilder(kernels);
        for (MatchResult function : FUNCTION.matcher(kernels).results().toList()) {
            String name = function.group(1);
            int count =
                    Math.toIntExact(BARRIER.matcher(function.group()).results().count());
            for (int barrier = 0; barrier < count; barrier++) {
                more.append('\n')
                        .append(without(function.group(), BARRIER, barrier, "")
                                .replaceFirst("\\b" + name + "\\(", lacking(name, barrier) + "("));
                functions.put(name, count);
            }
        }
        this.kernels = more.toString();
    }

    /** {@code kernels.cuh} with further functions, which lack a barrier. */
    String kernels() {
        return kernels;
    }

    private static String lacking(String function, int barrier) {
        return function + "_without_" + barrier;
    }

    private static String without(String text, Pattern what, int which, String instead) {
        Matcher found = what.matcher(text);
        for (int i = 0; i <= which; i++) {
            if (!found.find()) {
                throw new IllegalArgumentException("barriers: there is no number " + which);
            }
        }
        return text.substring(0, found.start()) + instead + text.substring(found.end());
    }

    /** The text of a kernel without each of its barriers in turn, by what was taken. */
    Map<String, String> without(String kernel) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < BARRIER.matcher(kernel).results().count(); i++) {
            texts.put("sync " + i, without(kernel, BARRIER, i, ""));
        }
        functions.forEach((function, barriers) -> {
            Pattern call = Pattern.compile("\\b" + function + "\\(");
            long calls = call.matcher(kernel).results().count();
            for (int i = 0; i < calls; i++) {
                for (int barrier = 0; barrier < barriers; barrier++) {
                    texts.put(
                            function + " " + i + ", sync " + barrier,
                            without(kernel, call, i, lacking(function, barrier) + "("));
                }
            }
        });
        return texts;
    }

    /** The names under which the texts of {@link #without} are compiled. */
    static List<String> names(String kernel, int count) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(kernel + "_lacks_" + i);
        }
        return names;
    }
}
