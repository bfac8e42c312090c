package dev.weft.backend.cuda.nativelib;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the compiler says of a kernel.
 *
 * @param registers of each thread
 * @param stackBytes of local memory of each thread
 * @param spillStoreBytes written to local memory for want of registers
 * @param spillLoadBytes read back
 * @param sharedBytes of static shared memory of each block
 * @param warnings that name it, such as a "Potential Performance Loss"
 */
public record KernelReport(
        String name,
        int registers,
        int stackBytes,
        int spillStoreBytes,
        int spillLoadBytes,
        int sharedBytes,
        List<String> warnings) {
    private static final Pattern ENTRY = Pattern.compile("Compiling entry function '([^']+)'");
    private static final Pattern STACK = Pattern.compile("(\\d+) bytes stack frame");
    private static final Pattern STORES = Pattern.compile("(\\d+) bytes spill stores");
    private static final Pattern LOADS = Pattern.compile("(\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile("Used (\\d+) registers");
    private static final Pattern SHARED = Pattern.compile("(\\d+) bytes smem");

    public KernelReport {
        warnings = List.copyOf(warnings);
    }

    /** Whether it has to go to memory for want of registers. */
    public boolean spills() {
        return spillStoreBytes > 0 || spillLoadBytes > 0;
    }

    /** The reports in a compiler's log, in its order. */
    public static List<KernelReport> parse(String log) {
        List<String> lines = log.lines().toList();
        List<KernelReport> reports = new ArrayList<>();
        int begin = next(lines, 0);
        while (begin < lines.size()) {
            int end = next(lines, begin + 1);
            Matcher entry = ENTRY.matcher(lines.get(begin));
            if (entry.find()) {
                reports.add(of(entry.group(1), lines.subList(begin, end), lines));
            }
            begin = end;
        }
        return List.copyOf(reports);
    }

    /** The first line from {@code line} on that begins a kernel. */
    private static int next(List<String> lines, int line) {
        int at = line;
        while (at < lines.size() && !ENTRY.matcher(lines.get(at)).find()) {
            at++;
        }
        return at;
    }

    /** @param own lines from where the kernel begins: functions that it calls are counted to it */
    private static KernelReport of(String name, List<String> own, List<String> all) {
        Pattern named = Pattern.compile("\\b" + Pattern.quote(name) + "\\b");
        List<String> warnings = all.stream()
                .filter(line -> line.contains("Performance Loss") || line.contains("warning"))
                .filter(line -> named.matcher(line).find())
                .toList();
        return new KernelReport(
                name,
                sum(own, REGISTERS),
                sum(own, STACK),
                sum(own, STORES),
                sum(own, LOADS),
                sum(own, SHARED),
                warnings);
    }

    private static int sum(List<String> lines, Pattern pattern) {
        return lines.stream()
                .map(pattern::matcher)
                .filter(Matcher::find)
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
    }
}
