package server.executor.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import shared.json.Slice;

class ModelNameTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{'a': 1, 'model' : 'm','b':[{'model':'m'}]}|"
            + "{'a': 1, 'model' : 'n','b':[{'model':'m'}]}", "{'model':'m','Model':null,'MODEL':'x'}|"
            + "{'model':'n','Model':'n','MODEL':'n'}", "{'models':'m'}|{'models':'m'}"})
    void replaced_isEachThatAHostMayTakeForIt(String body, String replaced) {
        Slice in = Slice.of(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        assertEquals(replaced.replace('\'', '"'), ModelName.replaced(in, "n").text());
    }
}
