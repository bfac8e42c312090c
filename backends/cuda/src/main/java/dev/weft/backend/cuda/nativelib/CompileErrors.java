package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.KernelCompiler.Source;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A compiler's refusal for people: what it says, and the lines of the kernels that it says it of. */
final class CompileErrors {
    private static final Pattern PLACE = Pattern.compile("^([^\\s(]+)\\((\\d+)\\): (?:catastrophic )?error");
    private static final int AROUND = 2;
    private static final int MOST_LINES = 40;

    private CompileErrors() {}

    /**
     * The message.
     *
     * @param log of a compilation in which each kernel's text was named after it
     */
    static String message(String compiler, String architecture, List<Source> kernels, String log) {
        Map<String, Source> byName = new LinkedHashMap<>();
        kernels.forEach(kernel -> byName.put(kernel.name(), kernel));
        Set<String> faulty = new LinkedHashSet<>();
        List<String> lines = new ArrayList<>();
        for (String line : log.lines().toList()) {
            lines.add(line);
            Matcher place = PLACE.matcher(line);
            Source kernel = place.find() ? byName.get(place.group(1)) : null;
            if (kernel != null) {
                faulty.add(kernel.name());
                lines.addAll(excerpt(kernel.text(), Integer.parseInt(place.group(2))));
            }
        }
        List<String> shown = lines.size() <= MOST_LINES ? lines : lines.subList(0, MOST_LINES);
        String subject = faulty.isEmpty() ? String.join(", ", byName.keySet()) : String.join(", ", faulty);
        return "cuda kernel " + subject + ": its text must compile for " + architecture + ", but " + compiler
                + " says:\n" + String.join("\n", shown);
    }

    private static List<String> excerpt(String text, int line) {
        List<String> all = text.lines().toList();
        List<String> excerpt = new ArrayList<>();
        for (int at = Math.max(1, line - AROUND); at <= Math.min(all.size(), line + AROUND); at++) {
            excerpt.add("  %s %4d | %s".formatted(at == line ? ">" : " ", at, all.get(at - 1)));
        }
        return excerpt;
    }
}
