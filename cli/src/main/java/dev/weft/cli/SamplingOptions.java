package dev.weft.cli;

import dev.weft.models.sample.Penalties;
import dev.weft.models.sample.Sampling;
import picocli.CommandLine.Option;

/** How tokens are chosen; the options stand in the order in which they work. */
final class SamplingOptions {

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "Divide the logits of tokens that were there, in the prompt too, by this; 1 for none.")
    double repetition = 1;

    @Option(
            names = "--presence-penalty",
            paramLabel = "X",
            description = "Lower the logits of tokens that were made by this many nats; 0 for none.")
    double presence;

    @Option(
            names = "--frequency-penalty",
            paramLabel = "X",
            description = "Lower the logits of tokens by this many nats for each time they were made; 0 for none.")
    double frequency;

    @Option(
            names = "--temperature",
            paramLabel = "X",
            description = "0 for always the likeliest token: 0.8 if not given.")
    double temperature = 0.8;

    @Option(names = "--top-k", paramLabel = "N", description = "Choose among the N likeliest tokens; 0 for all.")
    int topK;

    @Option(
            names = "--typical-p",
            paramLabel = "X",
            description =
                    "Choose among tokens about as surprising as expected that have this much of the probability; 1 for all.")
    double typicalP = 1;

    @Option(
            names = "--top-p",
            paramLabel = "X",
            description = "Choose among the fewest tokens that have this much of the probability; 1 for all.")
    double topP = 1;

    @Option(
            names = "--min-p",
            paramLabel = "X",
            description = "Choose among tokens at least this likely, as a part of the likeliest one's probability.")
    double minP;

    Sampling get() {
        return new Sampling(temperature, topK, typicalP, topP, minP, new Penalties(repetition, presence, frequency));
    }
}
