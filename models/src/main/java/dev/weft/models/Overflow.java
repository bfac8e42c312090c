package dev.weft.models;

import dev.weft.graph.UserException;
import java.util.Arrays;

/** What becomes of a prompt that is longer than the context. */
public enum Overflow {

    /** It is refused: nobody looks back on less than was meant without knowing it. */
    REFUSE,

    /**
     * It is read as if its tokens had been made one by one: whenever the context is full, its older half is dropped. A text that a model
     * has written goes on in the same way if it is given as a prompt.
     */
    SLIDE;

    /**
     * The tokens of a prompt that are looked back on.
     *
     * @param subject what errors call the prompt
     * @param context most tokens that are looked back on
     * @return {@code prompt} itself if it fits
     * @throws UserException if it does not, and shall not slide
     */
    public int[] fit(String subject, int[] prompt, int context) {
        int over = prompt.length - context;
        if (over <= 0) {
            return prompt;
        }
        if (this == REFUSE) {
            throw new UserException(
                    ("%s: must be at most %d tokens long, the context of the model, got %d, which is %d too many; shorten it, let it"
                                    + " slide (--overflow slide), or take a model with a longer context")
                            .formatted(subject, context, prompt.length, over));
        }
        int kept = kept(context);
        int left = kept + 1 + (over - 1) % (context - kept);
        return Arrays.copyOfRange(prompt, prompt.length - left, prompt.length);
    }

    /** Tokens that stay when another one shall come into a full context. */
    static int kept(int context) {
        return Math.min(context / 2, context - 1);
    }
}
