package dev.weft.backend.cuda.host;

import dev.weft.backend.cuda.device.KernelCompiler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What becomes of kernels on host devices: which were compiled, which have run, and whether it is found when one lacks a barrier.
 *
 * @see HostDevice#open(long, Order, KernelCompiler)
 */
public final class KernelLog implements KernelCompiler {

    /** Most barriers of a kernel that are deleted: results are bits of a word. */
    private static final int MOST = 60;

    private final KernelCompiler compiler;
    private final Barriers barriers;
    private final int every;
    private final Map<String, String> texts = new HashMap<>();
    private final Set<String> compiled = new LinkedHashSet<>();
    private final Set<String> ran = new HashSet<>();
    private final Map<String, List<String>> deleted = new HashMap<>();
    private final Map<String, Boolean> found = new TreeMap<>();
    private final Set<String> tried = new HashSet<>();

    /** @param every barriers are deleted in one of so many kernels, chosen by their texts; 0 for none */
    public KernelLog(int every) {
        this.every = every;
        this.barriers = new Barriers(Native.text(HostCompiler.KERNELS));
        this.compiler = HostDevice.compilerOfEdited(
                text -> text.startsWith("// What kernels call") ? barriers.kernels() : text);
    }

    @Override
    public synchronized Image compile(List<Source> kernels) {
        List<Source> all = new ArrayList<>(kernels);
        for (Source kernel : kernels) {
            String text = kernel.text().replace(kernel.name(), "kernel");
            texts.put(kernel.name(), text);
            boolean chosen = every > 0 && Math.floorMod(text.hashCode(), every) == 0;
            compiled.add(text);
            if (chosen) {
                Map<String, String> without = barriers.without(kernel.text());
                List<String> what = without.keySet().stream().limit(MOST).toList();
                deleted.put(kernel.name(), what);
                for (int i = 0; i < what.size(); i++) {
                    String name = Barriers.names(kernel.name(), what.size()).get(i);
                    String lacking = without.get(what.get(i)).replace(kernel.name(), name);
                    all.add(new Source(name, lacking, kernel.parameters()));
                }
            }
        }
        return compiler.compile(all);
    }

    /** Names of what is in the same module as the kernel and lacks one of its barriers. */
    synchronized List<String> lacking(String kernel) {
        return Barriers.names(kernel, deleted.getOrDefault(kernel, List.of()).size());
    }

    synchronized void ran(String kernel) {
        ran.add(texts.getOrDefault(kernel, kernel));
    }

    /** Whether what lacks a barrier has not been tried yet. */
    synchronized boolean isToTry(String kernel) {
        return tried.add(kernel);
    }

    /** @param bits for each deleted barrier whether that was found */
    synchronized void tried(String kernel, long bits) {
        List<String> what = deleted.getOrDefault(kernel, List.of());
        for (int i = 0; i < what.size(); i++) {
            found.put(describe(kernel) + ": " + what.get(i), (bits >> i & 1) != 0);
        }
    }

    /** What its text says of itself, and a number that no other text has. */
    private String describe(String kernel) {
        String text = texts.getOrDefault(kernel, kernel);
        String says = text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("//"))
                .findFirst()
                .orElse("// a kernel");
        return says.substring(3) + " (%08x)".formatted(text.hashCode());
    }

    /** Distinct texts that were compiled. */
    public synchronized Set<String> compiled() {
        return Set.copyOf(compiled);
    }

    /** Those of them that were launched. */
    public synchronized Set<String> ran() {
        return Set.copyOf(ran);
    }

    /** For each barrier that was deleted whether it was found. */
    public synchronized Map<String, Boolean> found() {
        return new TreeMap<>(found);
    }
}
