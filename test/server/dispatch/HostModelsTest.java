package server.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import server.dispatch.HostModels.Has;
import server.executor.HostReport;

class HostModelsTest {

    @ParameterizedTest
    @CsvSource({"qwen3, qwen3:latest, YES", "qwen3:latest, qwen3, YES", "qwen3, qwen3, YES", "qwen3:4b, qwen3, NO",
        "qwen3, qwen3:4b, NO", "reg.io:5000/q, reg.io:5000/q:latest, YES", "q:latest, q:latest, YES"})
    void has_nameWithoutATag_isTheLatest(String asked, String listed, Has has) {
        HostModels models = HostModels.UNKNOWN.listed(new HostReport(null, List.of(listed), List.of(listed)));
        assertEquals(has, models.has(asked));
        assertEquals(has == Has.YES, models.hasLoaded(asked));
        assertFalse(models.deniedIt(asked).hasLoaded(asked));
        assertEquals(Has.NO, models.deniedIt(asked).has(asked));
    }

    @Test
    void names_areShownAsTheHostWritesThem() {
        HostModels models = HostModels.UNKNOWN.listed(new HostReport(null, List.of("gpt-4o", "q:latest"), null));
        assertEquals(Set.of("gpt-4o", "q:latest"), models.installed());
        models = models.ran("gpt-4o:latest").ran("q");
        assertEquals(Set.of("gpt-4o", "q:latest"), models.loaded());
        assertSame(models, models.ran("q"));
    }

    @Test
    void ran_thousandsOfNames_areNotAllRemembered() {
        HostModels models = HostModels.UNKNOWN;
        for (int i = 0; i <= HostModels.RAN_MAX; i++) {
            models = models.ran("m" + i);
        }
        assertEquals(HostModels.RAN_MAX, models.loaded().size());
        assertEquals(HostModels.RAN_MAX, models.served().size());
        assertTrue(models.hasLoaded("m0"));
    }
}
