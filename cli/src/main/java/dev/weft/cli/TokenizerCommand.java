package dev.weft.cli;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Function;
import picocli.CommandLine.Command;

/** Vocabularies, and what they make of text. */
@Command(
        name = "tokenizer",
        description = {
            "Train a tokenizer on your own text, look at one, and encode and decode with it.",
            "train makes one, encode and decode use one, info shows one, convert writes one in another format."
        },
        synopsisSubcommandLabel = "train|encode|decode|info|convert",
        footer = {
            "",
            "Example: weft tokenizer train --vocab-size 4096 --data my.txt -o my-words",
            "         weft tokenizer encode my-words --text \"Once upon\"",
            "         weft tokenizer info gpt2"
        })
final class TokenizerCommand extends Action {

    static final SequencedMap<String, Function<Terminal, Action>> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("train", TokenizerTrainCommand::new);
        PARTS.put("encode", TokenizerEncodeCommand::new);
        PARTS.put("decode", TokenizerDecodeCommand::new);
        PARTS.put("info", TokenizerInfoCommand::new);
        PARTS.put("convert", TokenizerConvertCommand::new);
    }

    TokenizerCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        throw refused("what to do must be given: " + String.join(", ", PARTS.sequencedKeySet()));
    }
}
