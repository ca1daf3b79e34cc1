package dev.lockstep.board.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Pages end at their limit, or early when their items are long; the cursor loses nothing. */
class PageTest {

    private static final int LONG = 300_000;

    @Test
    void aPageOfShortItemsEndsAtItsLimit() {
        assertThat(pages(7, 3, "x")).containsExactly(3, 3, 1);
    }

    @Test
    void aPageOfLongItemsEndsEarly() {
        assertThat(pages(10, 100, "x".repeat(LONG))).containsExactly(4, 4, 2);
    }

    @Test
    void whatCountsAreBytes() {
        assertThat(pages(10, 100, "界".repeat(LONG / 3))).containsExactly(4, 4, 2);
    }

    @Test
    void anItemThatIsLongerThanAPageHasOneOfItsOwn() {
        assertThat(pages(3, 100, "x".repeat(8 * LONG))).containsExactly(1, 1, 1);
    }

    /** The sizes of the pages of a list of {@code count} items, each with this text. */
    private static List<Integer> pages(int count, int limit, String text) {
        List<Integer> sizes = new ArrayList<>();
        int from = 0;
        String next;
        do {
            List<Integer> found = IntStream.range(from, Math.min(count, from + limit + 1))
                    .boxed()
                    .toList();
            ObjectNode page = ResponseFactory.page(
                    found, limit, one -> TextNode.valueOf(one + text), one -> Integer.toString(one));
            sizes.add(page.get("items").size());
            JsonNode cursor = page.get("next");
            next = cursor.textValue();
            from = next == null ? count : Integer.parseInt(next) + 1;
        } while (next != null);
        return sizes;
    }
}
