package dev.weft.backend.cuda.nativelib;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.graph.MachineException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a machine can run the backend.
 *
 * @param possible whether it can
 * @param reason what was found, or what is missing
 */
public record Availability(boolean possible, String reason) {
    private static final int OLDEST_MAJOR = 8;

    /** What only a machine with a GPU has: device files, the kernel's part of the driver, or that of Windows around it. */
    private static final List<String> SIGNS = List.of("dev/nvidiactl", "dev/dxg", "proc/driver/nvidia");

    private static final List<String> SYSTEM_FOLDERS =
            List.of("usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib", "usr/local/nvidia/lib64", "usr/lib/wsl/lib");

    /**
     * Whether this machine can run the backend. Every command asks this of every backend, so where there is no sign of a GPU nothing else
     * is looked for.
     */
    public static Availability here() {
        return here(System.getenv(), Path.of("/"));
    }

    static Availability here(Map<String, String> environment, Path root) {
        boolean sign = SIGNS.stream().anyMatch(file -> Files.exists(root.resolve(file)))
                || Stream.concat(
                                SYSTEM_FOLDERS.stream().map(root::resolve),
                                Stream.of(environment
                                                .getOrDefault("LD_LIBRARY_PATH", "")
                                                .split(":"))
                                        .filter(folder -> folder.startsWith("/"))
                                        .map(Path::of))
                        .anyMatch(folder -> Files.exists(folder.resolve("libcuda.so.1")));
        return sign
                ? of(Libraries.installed())
                : new Availability(
                        false,
                        "cuda backend: there is no NVIDIA GPU here: no /dev/nvidiactl, and no libcuda.so.1 of a driver");
    }

    /** Asks the driver, if there is one. Of the other libraries only the files are looked for. Never throws. */
    public static Availability of(Libraries libraries) {
        String system = System.getProperty("os.name", "") + " " + System.getProperty("os.arch", "");
        if (!system.equals("Linux amd64")) {
            return new Availability(false, "cuda backend: it runs on Linux amd64, and this is " + system);
        }
        try {
            Driver driver = Driver.open(libraries.openDriver());
            DeviceFacts facts = driver.facts(driver.device(0));
            Optional<String> lack = tooOld(facts).or(libraries::whyNot);
            return lack.map(reason -> new Availability(false, reason))
                    .orElseGet(() -> new Availability(true, found(driver, facts) + libraries.whatIsUsed()));
        } catch (MachineException lack) {
            return new Availability(false, String.valueOf(lack.getMessage()));
        } catch (RuntimeException defect) {
            return new Availability(false, "cuda backend: the driver could not be asked: " + defect.getMessage());
        }
    }

    static Optional<String> tooOld(DeviceFacts facts) {
        return facts.major() >= OLDEST_MAJOR
                ? Optional.empty()
                : Optional.of("cuda backend: it needs a device of compute capability " + OLDEST_MAJOR
                        + ".0 or later, but " + facts.name() + " has " + facts.major() + "." + facts.minor());
    }

    private static String found(Driver driver, DeviceFacts facts) {
        return String.format(
                Locale.ROOT,
                "%s, %.0f GiB, compute capability %d.%d, driver for CUDA %s",
                facts.name(),
                facts.memoryBytes() / 0x1p30,
                facts.major(),
                facts.minor(),
                driver.version());
    }
}
