package dev.weft.dsl.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.dsl.ast.Source;
import dev.weft.dsl.ast.Span;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void saysEverythingThatTheTextSays() {
        Source source = new Source("a.weft", "let a = 1\nlet b = \"x\"\n");
        Diagnostic diagnostic = Diagnostic.error(Code.SYNTAX, new Span(source, 18, 21), "\"x\": is\tno number")
                .note(new Span(source, 4, 5), "as here")
                .help("write 1", new Span(source, 18, 21), "1");
        assertThat(Json.of(List.of(diagnostic))).isEqualTo("""
                        [{"code":"W0101","severity":"error","message":"\\"x\\": is\\tno number",\
                        "span":{"file":"a.weft","line":2,"column":9,"endLine":2,"endColumn":12},\
                        "notes":[{"span":{"file":"a.weft","line":1,"column":5,"endLine":1,"endColumn":6},"text":"as here"}],\
                        "remedy":{"text":"write 1",\
                        "span":{"file":"a.weft","line":2,"column":9,"endLine":2,"endColumn":12},"replacement":"1"}}]""");
    }

    @Test
    void nothingIsAnEmptyList() {
        assertThat(Json.of(List.of())).isEqualTo("[]");
    }
}
