package dev.weft.models;

import dev.weft.models.BatchGenerator.Text;
import dev.weft.models.sample.History;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A text while it is written: what it began with, and what was made. */
final class BatchRow {

    private final int index;
    private final long sample;
    private final int[] prompt;
    private final History history;
    private final List<Token> made = new ArrayList<>();
    private boolean goesOn = true;

    /**
     * @param index of the text among all
     * @param prompt what of the text's is looked back on
     */
    BatchRow(int index, Text text, int[] prompt) {
        this.index = index;
        this.sample = text.sample();
        this.prompt = prompt;
        this.history = new History(text.prompt());
    }

    int index() {
        return index;
    }

    long sample() {
        return sample;
    }

    int promptLength() {
        return prompt.length;
    }

    /** All tokens of the whole prompt, and those that were made. */
    History history() {
        return history;
    }

    /** The new tokens so far; grows. */
    List<Token> made() {
        return Collections.unmodifiableList(made);
    }

    boolean goesOn() {
        return goesOn;
    }

    void end() {
        goesOn = false;
    }

    void add(Token token) {
        made.add(token);
        history.add(token.id());
    }

    /** How many tokens there are: of the prompt, and made ones. */
    int known() {
        return prompt.length + made.size();
    }

    /** Some of them. Of a text that has ended the last one stands for all that would follow: its row is computed, and nobody looks. */
    int[] tokens(int from, int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = token(Math.min(from + i, known() - 1));
        }
        return tokens;
    }

    private int token(int position) {
        return position < prompt.length
                ? prompt[position]
                : made.get(position - prompt.length).id();
    }
}
