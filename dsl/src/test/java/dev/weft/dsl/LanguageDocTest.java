package dev.weft.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.diagnostic.Rendering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What docs/language.md shows is right, and it leaves nothing out. */
class LanguageDocTest {
    private static final Path PAGE = Path.of("../docs/language.md");
    private static final Pattern BLOCK = Pattern.compile("```weft\n(.*?)```", Pattern.DOTALL);

    static List<String> blocks() throws IOException {
        return BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void examplesAreRight(String block) {
        Sources.Result result = Sources.check(new Source("example.weft", block), new Shipped());
        assertThat(Rendering.text(result.diagnostics())).isEmpty();
    }

    @Test
    void hasExamples() throws IOException {
        assertThat(blocks()).hasSizeGreaterThan(8);
    }

    @ParameterizedTest
    @EnumSource(Builtin.class)
    void namesEveryBuiltInFunction(Builtin builtin) throws IOException {
        assertThat(Files.readString(PAGE)).containsPattern("\\b" + builtin.text() + "\\b");
    }
}
