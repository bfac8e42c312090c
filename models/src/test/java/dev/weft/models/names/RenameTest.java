package dev.weft.models.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import java.util.List;
import org.junit.jupiter.api.Test;

class RenameTest {

    @Test
    void starsStandForParts() {
        Rename rename = Rename.parse("h.*.attn.** = blocks.*.attention.**");
        assertThat(rename.apply("h.3.attn.qkv.weight")).contains("blocks.3.attention.qkv.weight");
        assertThat(rename.apply("h.3.attn")).isEmpty();
        assertThat(rename.apply("h.3.4.attn.w")).isEmpty();
        assertThat(rename.apply("xh.3.attn.w")).isEmpty();
        assertThat(Rename.parse("a+b=c$1").apply("a+b")).contains("c$1");
        assertThat(Rename.parse("**=model.**").apply("a.b")).contains("model.a.b");
        assertThat(rename).hasToString("h.*.attn.**=blocks.*.attention.**");
    }

    @Test
    void whatIsNoRenameGetsASentence() {
        for (String text : List.of("a", "a=", "=b", "a.*=b", "a.*=b.**", "a.***=b.***", "a.*.**=b.**.*")) {
            assertThatThrownBy(() -> Rename.parse(text))
                    .as(text)
                    .isInstanceOf(UserException.class)
                    .hasMessageStartingWith("rename");
        }
    }
}
