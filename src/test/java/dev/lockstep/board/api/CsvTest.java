package dev.lockstep.board.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CsvTest {

    @Test
    void objectsGetDottedColumnsListsAreJsonAndNullIsEmpty() {
        assertThat(csv("[{'id':'a,\\\"b','n':-1,'at':null,'s':{'x':'1','y':{'z':true}},'l':[{'k':1}]}]"))
                .isEqualTo("id,n,at,s.x,s.y.z,l\r\n\"a,\"\"b\",-1,,1,true,\"[{\"\"k\"\":1}]\"\r\n");
    }

    @Test
    void anObjectThatIsNullInOneRowHasNoColumnBesideItsMembers() {
        assertThat(csv("[{'s':null,'a':'1'},{'s':{'x':'2'},'a':'3'}]")).isEqualTo("a,s.x\r\n1,\r\n3,2\r\n");
    }

    @Test
    void noItemsAreNoLines() {
        assertThat(csv("[]")).isEmpty();
    }

    @Test
    void aCellThatASpreadsheetWouldCalculateHasAnApostropheBeforeIt() {
        assertThat(csv("[{'a':'=1+1','b':'+1','c':'-1','d':'@x','e':'\\t=','f':'\\r=','g':'a=','h':-1}]"))
                .isEqualTo("a,b,c,d,e,f,g,h\r\n\"'=1+1\",\"'+1\",\"'-1\",\"'@x\",\"'\t=\",\"'\r=\",a=,-1\r\n");
    }

    private static String csv(String items) {
        return Csv.of(ResponseFactory.parse(items.replace('\'', '"')));
    }
}
