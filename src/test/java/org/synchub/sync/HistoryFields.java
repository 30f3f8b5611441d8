package org.synchub.sync;

import java.util.List;

/** What is filled in of each kind of record. */
final class HistoryFields {

    static final HistoryField HOME = new HistoryField.Home();

    static final List<HistoryField> OF_PERSON = List.of(
            new HistoryField.Text("first_name", "given_name", false),
            new HistoryField.Text("middle_name", "addl_name", true),
            new HistoryField.Text("profession", "occupation", true),
            new HistoryField.Text("email_address", "email", true),
            new HistoryField.Phone(),
            new HistoryField.NationalId(),
            HOME);

    static final List<HistoryField> OF_HOUSEHOLD = List.of(new HistoryField.Text("household_name", "name", false));

    static List<HistoryField> of(boolean household) {
        return household ? OF_HOUSEHOLD : OF_PERSON;
    }

    private HistoryFields() {}
}
