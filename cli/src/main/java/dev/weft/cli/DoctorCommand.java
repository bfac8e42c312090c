package dev.weft.cli;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.BackendProvider;
import dev.weft.backend.spi.Backends;
import dev.weft.backend.spi.PluginPath;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Looks at the machine the way Weft does. */
@Command(
        name = "doctor",
        description = "Show what Weft finds on this machine, and what to do about what is missing.",
        footer = {"", "Example: weft doctor"})
final class DoctorCommand extends Action {

    /** Features of processors that decide how fast kernels are. */
    private static final List<String> FEATURES = List.of(
            "avx2", "fma", "avx512f", "avx512_bf16", "avx512_vnni", "amx_bf16", "amx_tile", "asimd", "sve", "bf16");

    @Mixin
    final PluginOptions plugins = new PluginOptions();

    DoctorCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        SequencedMap<String, String> machine = machine();
        List<Map<String, Object>> backends = new ArrayList<>();
        try (PluginPath path = plugins.load()) {
            Backends.find(path).forEach(provider -> backends.add(backend(provider)));
        }
        SequencedMap<String, Object> json = new LinkedHashMap<>(machine);
        json.put("backends", backends);
        result(json, out -> {
            machine.forEach((name, value) -> out.println("%-12s %s".formatted(name, value)));
            backends.forEach(each -> {
                out.println();
                out.println(
                        "backend %s, score %s: %s".formatted(each.get("name"), each.get("score"), each.get("reason")));
                ((List<?>) each.getOrDefault("capabilities", List.of())).forEach(line -> out.println("    " + line));
            });
            out.println();
            out.println(advice(backends));
        });
        return ExitCode.DONE;
    }

    private static SequencedMap<String, String> machine() {
        SequencedMap<String, String> machine = new LinkedHashMap<>();
        machine.put("weft", Version.TEXT);
        machine.put(
                "java",
                "%s, %s, in %s"
                        .formatted(
                                System.getProperty("java.version"),
                                System.getProperty("java.vendor"),
                                System.getProperty("java.home")));
        machine.put(
                "system",
                "%s %s, %s"
                        .formatted(
                                System.getProperty("os.name"),
                                System.getProperty("os.version"),
                                System.getProperty("os.arch")));
        machine.put("processor", processor());
        machine.put("processors", "" + Runtime.getRuntime().availableProcessors());
        machine.put("memory", memory());
        return machine;
    }

    private static String memory() {
        String heap = CompileReport.bytes(Runtime.getRuntime().maxMemory()) + " for Java's heap";
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? "%s, %s of them free; %s"
                        .formatted(
                                CompileReport.bytes(system.getTotalMemorySize()),
                                CompileReport.bytes(system.getFreeMemorySize()),
                                heap)
                : heap;
    }

    /** Its name and features, where the system tells them. */
    private static String processor() {
        try {
            String name = "";
            TreeSet<String> features = new TreeSet<>();
            for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
                String value = line.substring(line.indexOf(':') + 1).strip();
                if (line.startsWith("model name") && name.isEmpty()) {
                    name = value;
                } else if (line.startsWith("flags") || line.startsWith("Features")) {
                    features.addAll(List.of(value.split(" ")));
                }
            }
            features.retainAll(FEATURES);
            return (name.isEmpty() ? System.getProperty("os.arch") : name) + ", with " + String.join(" ", features);
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static Map<String, Object> backend(BackendProvider provider) {
        BackendProvider.Score score = provider.score();
        SequencedMap<String, Object> row = new LinkedHashMap<>();
        row.put("name", provider.name());
        row.put("score", score.value());
        row.put("reason", score.reason());
        if (score.value() > 0) {
            try (Backend backend = provider.open(BackendOptions.defaults())) {
                row.put("capabilities", backend.capabilities());
            } catch (MachineException | UserException lack) {
                row.put("score", 0);
                row.put("reason", lack.getMessage());
            }
        }
        return row;
    }

    private static String advice(List<Map<String, Object>> backends) {
        List<Map<String, Object>> able =
                backends.stream().filter(each -> !each.get("score").equals(0)).toList();
        if (able.isEmpty()) {
            return "No backend can run here.";
        }
        Object best = able.getFirst().get("name");
        return best.equals("reference")
                ? "Only the reference backend can run here: it is exact and very slow. What others lack is said above."
                : "Weft uses the backend " + best + " unless --backend says otherwise.";
    }
}
