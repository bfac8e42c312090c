package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.nativelib.Libraries.Library;
import dev.weft.graph.MachineException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where libraries are looked for, and the sentences when something is missing. */
class LibrariesTest {

    @TempDir
    Path root;

    private Path file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "no library");
    }

    @Test
    void findsTheNewestInAToolkit() throws IOException {
        file("usr/local/cuda-13.0/lib64/libnvrtc.so.13.0.88");
        file("usr/local/cuda-12.4/lib64/libnvrtc.so.12");
        Path newest = file("usr/local/cuda-13.1/lib64/libnvrtc.so.13");
        file("usr/local/cuda-13.1/lib64/libnvrtc-builtins.so.13.1");
        assertThat(Libraries.installed(Map.of(), root).find(Library.NVRTC)).contains(newest);
    }

    @Test
    void findsWheelsOfThePythonThatIsOnThePath() throws IOException {
        file("venv/bin/python3");
        Path products = file("venv/lib/python3.12/site-packages/nvidia/cu13/lib/libcublasLt.so.13");
        Map<String, String> environment = Map.of("PATH", "relative:" + root.resolve("venv/bin"));
        assertThat(Libraries.installed(environment, root).find(Library.CUBLAS_LT))
                .contains(products);
    }

    @Test
    void findsWheelsOfSingleLibrariesAndWhatTheEnvironmentNames() throws IOException {
        Path wheel = file("venv/lib/python3.12/site-packages/nvidia/cuda_nvrtc/lib/libnvrtc.so.13");
        Map<String, String> environment =
                Map.of("VIRTUAL_ENV", root.resolve("venv").toString());
        assertThat(Libraries.installed(environment, root).find(Library.NVRTC)).contains(wheel);

        Path named = file("mine/lib64/libnvrtc.so.13");
        Map<String, String> both = Map.of(
                "VIRTUAL_ENV",
                root.resolve("venv").toString(),
                "CUDA_HOME",
                root.resolve("mine").toString());
        assertThat(Libraries.installed(both, root).find(Library.NVRTC)).contains(named);
    }

    @Test
    void findsWheelsOfThePythonThatALinkLeadsTo() throws IOException {
        file("elsewhere/python/bin/python3.12");
        file("venv/bin/activate");
        file("bin/sh");
        Files.createSymbolicLink(root.resolve("venv/bin/python3"), Path.of("../../elsewhere/python/bin/python3.12"));
        Files.createSymbolicLink(root.resolve("bin/python3"), root.resolve("venv/bin/python3"));
        Path wheel = file("venv/lib64/python3.12/site-packages/nvidia/cu13/lib/libnvrtc.so.13");
        Path other = file("elsewhere/python/lib/python3.12/site-packages/nvidia/cu13/lib/libcublasLt.so.13");
        Libraries libraries =
                Libraries.installed(Map.of("PATH", root.resolve("bin").toString()), root);
        assertThat(libraries.find(Library.NVRTC)).contains(wheel);
        assertThat(libraries.find(Library.CUBLAS_LT)).contains(other);
    }

    @Test
    void findsPythonsThatNothingNames() throws IOException {
        Path wheel = file("opt/torch/.venv/lib/python3.12/site-packages/nvidia/cu13/lib/libnvrtc.so.13");
        Path product =
                file("home/.pyenv/versions/3.11.7/lib/python3.11/site-packages/nvidia/cu13/lib/libcublasLt.so.13");
        Libraries libraries =
                Libraries.installed(Map.of("HOME", root.resolve("home").toString()), root);
        assertThat(libraries.find(Library.NVRTC)).contains(wheel);
        assertThat(libraries.find(Library.CUBLAS_LT)).contains(product);
    }

    @Test
    void findsPackagesOfConda() throws IOException {
        file("miniforge/conda-meta/history");
        Path library = file("miniforge/lib/libcublasLt.so.13");
        assertThat(Libraries.installed(
                                Map.of("CONDA_PREFIX", root.resolve("miniforge").toString()), root)
                        .find(Library.CUBLAS_LT))
                .contains(library);
    }

    @Test
    void anOldLibraryIsNone() throws IOException {
        file("usr/local/cuda-12.4/lib64/libnvrtc.so.12");
        Libraries libraries = Libraries.installed(Map.of(), root);
        assertThat(libraries.find(Library.NVRTC)).isEmpty();
        assertThat(libraries.whyNot()).hasValueSatisfying(reason -> assertThat(reason)
                .contains("there is no libnvrtc.so.13 or later, only "
                        + root.resolve("usr/local/cuda-12.4/lib64/libnvrtc.so.12") + "; install CUDA 13")
                .endsWith("looked in " + root.resolve("usr/local/cuda-12.4/lib64")));
    }

    @Test
    void withoutADriverThereIsASentence() {
        Availability none = Availability.of(Libraries.in(List.of(root)));
        assertThat(none.possible()).isFalse();
        assertThat(none.reason())
                .isEqualTo("cuda backend: it needs NVIDIA's driver, but there is no libcuda.so.1 in " + root);
    }

    @Test
    void aDriverThatCannotBeLoadedIsASentence() throws IOException {
        Path driver = file("libcuda.so.1");
        String sentence = "cuda backend: it needs NVIDIA's driver, but %s cannot be loaded; install the driver again"
                .formatted(driver);
        assertThat(Availability.of(Libraries.in(List.of(root)))).isEqualTo(new Availability(false, sentence));
        Files.write(driver, StubLibrary.foreign());
        assertThat(Availability.of(Libraries.in(List.of(root)))).isEqualTo(new Availability(false, sentence));
    }

    @Test
    void aDriverWithoutFunctionsIsASentence() throws IOException {
        Files.write(root.resolve("libcuda.so.1"), StubLibrary.empty());
        Availability none = Availability.of(Libraries.in(List.of(root)));
        assertThat(none.possible()).isFalse();
        assertThat(none.reason()).contains("the libcuda.so.1 here has no functions");
        assertThatThrownBy(() -> DriverDevice.open(Libraries.in(List.of(root)), 0))
                .isInstanceOf(MachineException.class)
                .hasMessage(none.reason());
    }

    @Test
    void missingFunctionsAreNamed() {
        SymbolLookup most = name -> name.startsWith("cuG") ? Optional.empty() : Optional.of(MemorySegment.ofAddress(1));
        assertThatThrownBy(() -> FunctionTable.of(DriverFunction.class, most, "NVIDIA's driver"))
                .isInstanceOf(MachineException.class)
                .hasMessage("cuda backend: NVIDIA's driver must have the functions of CUDA 13.0, but lacks"
                        + " cuGetErrorName, cuGetErrorString, cuGraphInstantiateWithFlags, cuGraphLaunch and 2 others;"
                        + " install the library of CUDA 13.0 or later");
    }

    @Test
    void everyFunctionOfTheDriverAndOfCublasLtIsOneOfCuda13() throws Exception {
        URL list = Objects.requireNonNull(LibrariesTest.class.getResource("functions-of-cuda-13.0.txt"));
        List<String> exported = Files.readAllLines(Path.of(list.toURI()), StandardCharsets.UTF_8);
        assertThat(exported).containsAll(symbols(DriverFunction.values()));
        assertThat(exported).containsAll(symbols(CublasLtFunction.values()));
    }

    @Test
    void everyFunctionOfTheCompilerIsThere() {
        assertThat(FunctionTable.of(
                        NvrtcFunction.class, Redistributable.libraries().openNvrtc(), "NVRTC"))
                .isNotNull();
    }

    private static List<String> symbols(NativeSymbol... functions) {
        return Arrays.stream(functions).map(NativeSymbol::symbol).toList();
    }

    @Test
    void signaturesHaveAsManyLettersAsTheirFunctionsHaveArguments() {
        Map<String, String> signatures = Stream.of(
                        DriverFunction.values(), NvrtcFunction.values(), CublasLtFunction.values())
                .flatMap(Arrays::stream)
                .collect(Collectors.toMap(NativeSymbol::symbol, NativeSymbol::signature));
        assertThat(signatures)
                .hasSize(DriverFunction.values().length
                        + NvrtcFunction.values().length
                        + CublasLtFunction.values().length)
                .allSatisfy((name, signature) -> assertThat(
                                FunctionTable.descriptor(signature).argumentLayouts())
                        .hasSize(signature.length() - 1));
    }
}
