package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.weft.backend.cuda.CudaBackendProvider;
import dev.weft.backend.spi.BackendProvider.Score;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Machines without a driver, or with one that is no use: a process that looks says why in a sentence, and ends as others do. */
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class DriverProcessTest {
    private static final int OLD = 12_040;
    private static final int NEW = 13_000;

    @TempDir
    private Path folder;

    /** Asks the backend how well it suits the machine. */
    static final class Ask {
        private Ask() {}

        public static void main(String... arguments) {
            Score score = new CudaBackendProvider().score();
            System.out.println(score.value() + " " + score.reason());
        }
    }

    /** What a process says that finds this as the driver. */
    private String asked() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ask.class.getName())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private void driver(byte[] library) throws IOException {
        Files.write(folder.resolve("libcuda.so.1"), library);
    }

    /** All functions, of which each succeeds and does nothing. */
    private static SequencedMap<String, byte[]> functions(int version) {
        SequencedMap<String, byte[]> functions = new LinkedHashMap<>();
        for (DriverFunction function : DriverFunction.values()) {
            functions.put(function.symbol(), StubLibrary.SUCCEEDS);
        }
        functions.put(DriverFunction.DRIVER_VERSION.symbol(), StubLibrary.writes(version));
        return functions;
    }

    @Test
    void withoutADriver() throws IOException, InterruptedException {
        assumeFalse(Files.exists(Path.of("/dev/nvidiactl")), "there is a GPU here");
        assertThat(asked())
                .isEqualTo(
                        "0 cuda backend: there is no NVIDIA GPU here: no /dev/nvidiactl, and no libcuda.so.1 of a driver");
    }

    @Test
    void withAnEmptyDriver() throws IOException, InterruptedException {
        driver(StubLibrary.empty());
        assertThat(asked())
                .startsWith("0 cuda backend: it needs NVIDIA's driver, but the libcuda.so.1 here has no functions");
    }

    @Test
    void withAFileThatIsNoDriver() throws IOException, InterruptedException {
        driver("no library".getBytes(StandardCharsets.US_ASCII));
        assertThat(asked())
                .startsWith("0 cuda backend: it needs NVIDIA's driver, but ")
                .endsWith("install the driver again");
    }

    @Test
    void withAnOldDriver() throws IOException, InterruptedException {
        driver(StubLibrary.of(functions(OLD)));
        assertThat(asked())
                .startsWith("0 cuda backend: NVIDIA's driver must support CUDA 13.0, but the one here supports 12.4;");
    }

    @Test
    void withADriverThatLacksAFunction() throws IOException, InterruptedException {
        SequencedMap<String, byte[]> most = functions(NEW);
        most.remove(DriverFunction.GRAPH_LAUNCH.symbol());
        driver(StubLibrary.of(most));
        assertThat(asked())
                .startsWith("0 cuda backend: NVIDIA's driver must have the functions of CUDA 13.0, but lacks"
                        + " cuGraphLaunch; install the library of CUDA 13.0 or later");
    }

    @Test
    void withADriverThatFindsNoDevice() throws IOException, InterruptedException {
        SequencedMap<String, byte[]> functions = functions(NEW);
        functions.put(DriverFunction.INIT.symbol(), StubLibrary.returns(100));
        driver(StubLibrary.of(functions));
        assertThat(asked()).startsWith("0 cuda device: looking for devices failed with ? (100)");
        functions.put(DriverFunction.INIT.symbol(), StubLibrary.SUCCEEDS);
        functions.put(DriverFunction.DEVICE_COUNT.symbol(), StubLibrary.writes(0));
        driver(StubLibrary.of(functions));
        assertThat(asked()).startsWith("0 cuda backend: there must be a device 0, but this machine has 0");
    }
}
