package dev.weft.dsl.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.ast.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShippedProgramsParseTest {
    private static final Path PROGRAMS = Path.of("../models/src/main/resources/dev/weft/models/programs");

    static List<Path> programs() throws IOException {
        try (var files = Files.list(PROGRAMS)) {
            return files.filter(file -> file.toString().endsWith(".weft"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("programs")
    void parses(Path program) throws IOException {
        FileParser.Result result =
                FileParser.parse(new Source(program.getFileName().toString(), Files.readString(program)));
        assertThat(result.diagnostics()).isEmpty();
        assertThat(result.file()).isNotNull();
    }
}
