package dev.weft.bench.suite;

import dev.weft.bench.torch.TorchSide;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

/**
 * Where and with what a run was made.
 *
 * @param date UTC
 * @param commit of the sources, with {@code +} behind it if they were changed: as the system property {@code weft.commit} has it, or git;
 *     {@code unknown} where neither can say
 */
record Facts(String date, String commit, Map<String, String> machine, Map<String, String> versions) {

    /**
     * @param root the folder of the project
     * @throws dev.weft.graph.MachineException with a sentence if the suite cannot run here
     */
    static Facts find(Path root, NamedSuite suite) {
        SequencedMap<String, String> machine = new LinkedHashMap<>();
        String device = suite.machine().get();
        if (!device.isEmpty()) {
            machine.put("device", device);
        }
        machine.put("processor", processor());
        machine.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
        machine.put("memory", memory());
        machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        SequencedMap<String, String> versions = new LinkedHashMap<>();
        versions.put("java", System.getProperty("java.vendor") + " " + System.getProperty("java.version"));
        if (device.isEmpty()) {
            versions.put("libtorch", TorchSide.VERSION);
        }
        String date = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new Facts(date, commit(root), machine, versions);
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException _) {
            return System.getProperty("os.arch");
        }
    }

    private static String memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                ? Numbers.gigabytes(system.getTotalMemorySize())
                : "unknown";
    }

    private static String commit(Path root) {
        String packed = System.getProperty("weft.commit", "");
        if (!packed.isEmpty()) {
            return packed;
        }
        String head = git(root, "rev-parse", "--short=12", "HEAD");
        return head.isEmpty()
                ? "unknown"
                : head
                        + (git(root, "status", "--porcelain", "--untracked-files=no")
                                        .isEmpty()
                                ? ""
                                : "+");
    }

    private static String git(Path root, String... arguments) {
        List<String> command = new java.util.ArrayList<>(List.of("git", "-C", root.toString()));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? said : "";
        } catch (IOException _) {
            return "";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
