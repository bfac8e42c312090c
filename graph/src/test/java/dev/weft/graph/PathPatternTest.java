package dev.weft.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPatternTest {

    @ParameterizedTest
    @CsvSource({
        "embed.weight, embed.weight, true",
        "embed.weight, embed.weights, false",
        "embed, embed.weight, false",
        "*, embed.weight, false",
        "*.weight, embed.weight, true",
        "*.weight, blocks.0.mlp.weight, false",
        "blocks.*.mlp.weight, blocks.11.mlp.weight, true",
        "blocks.1.mlp.weight, blocks.11.mlp.weight, false",
        "**, scale, true",
        "**.bias, bias, true",
        "**.bias, blocks.0.norm1.bias, true",
        "blocks.**, blocks.0.norm1.bias, true",
        "blocks.**, blocksmith.bias, false",
        "**.attn.**.weight, blocks.0.attn.qkv.weight, true",
        "**.attn.**.weight, attn.weight, true",
        "**.*.*.weight, qkv.weight, false",
        "**.**.**.weight, qkv.bias, false"
    })
    void stepsStandForNames(String pattern, String path, boolean matches) {
        assertThat(new PathPattern(List.of(pattern.split("\\."))).matches(path)).isEqualTo(matches);
    }
}
