package org.synchub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class OpensppMappingTest {

    private static final ObjectNode HOUSEHOLD = Given.json("""
            {'id':'h1','guid':'h1','type':'individual','name':'Keomany 0','version':1,
             'data':{'entityName':'household','parentGuid':'100','household_name':'Keomany 0','area_code':'LA-0288',
               'household_size':4,'belongs_to_ethnic_group':'no',
               'document_ids':[{'id_type':'family_book','id_number':'FB0','id_description':'',
                 'id_expiry_date':'2030-01-02','id_issuance_date':'2020-01-02'}]}}""");

    private static final ObjectNode PERSON = Given.json("""
            {'id':'p1','guid':'p1','type':'individual','name':'Thong Keomany','version':2,
             'data':{'entityName':'individual','parentGuid':'h1','first_name':'Thong','last_name':'Keomany',
               'middle_name':'','gender':'male','date_of_birth':'2010-03-28T00:00:00+07:00','relationship':'1',
               'phone_number':'+8562099999999','profession':'farmer','email_address':'p0.0@mail.test',
               'marital_status':1,
               'document_ids':[{'id_type':'national_id','id_number':'NID0-0','id_description':'',
                 'id_expiry_date':'2030-01-02'}]}}""");

    private final Mapping openspp = Given.openspp();

    @Test
    void a_household_becomes_a_group_with_its_family_book() {
        Kind kind = openspp.kindOf(HOUSEHOLD).orElseThrow();

        Mapped mapped = kind.outward(Given.entity(HOUSEHOLD));

        assertThat(kind.name()).isEqualTo("household");
        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json("""
                                {'is_group':true,'kind':'Household','name':'Keomany 0','area_id':'LA-0288',
                                 'reg_ids':[{'id_type':'Family Book','value':'FB0','expiry_date':'2030-01-02'}]}"""));
        assertThat(mapped.references()).isEmpty();
    }

    @Test
    void a_person_becomes_an_individual_that_refers_to_its_household() {
        Kind kind = openspp.kindOf(PERSON).orElseThrow();

        Mapped mapped = kind.outward(Given.entity(PERSON));

        assertThat(mapped.problems()).isEmpty();
        assertThat(mapped.record()).isEqualTo(Given.json("""
                                {'is_group':false,'given_name':'Thong','family_name':'Keomany','addl_name':null,
                                 'birthdate':'2010-03-28','gender':'Male','occupation':'farmer',
                                 'email':'p0.0@mail.test','phone_number_ids':[{'phone_no':'+8562099999999'}],
                                 'reg_ids':[{'id_type':'National ID','value':'NID0-0','expiry_date':'2030-01-02'}],
                                 'individual_membership_ids':[{'group':{'$ref':'h1'},'kind':'Head'}]}"""));
        assertThat(mapped.references())
                .containsExactly(new Reference("individual_membership_ids.0.group", "household", "h1"));
    }

    @Test
    void a_former_head_loses_the_kind_of_membership() {
        ObjectNode spouse = PERSON.deepCopy();
        ((ObjectNode) spouse.get("data")).put("relationship", "2");

        assertThat(openspp.kind("individual")
                        .outward(Given.entity(spouse))
                        .record()
                        .get("individual_membership_ids")
                        .toString())
                .isEqualTo("[{\"group\":{\"$ref\":\"h1\"},\"kind\":null}]");
    }

    @Test
    void what_an_officer_changes_in_openspp_comes_back_in_the_form_s_own_terms() {
        Kind kind = openspp.kind("individual");
        ObjectNode record = kind.outward(Given.entity(PERSON)).record();
        record.put("birthdate", "2010-03-29").put("gender", "Female").put("addl_name", "Noy");
        ((ObjectNode) record.at("/reg_ids/0")).put("value", "NID0-9");
        record.withArray("phone_number_ids").insertObject(0).put("phone_no", "+85620111");
        record.withArray("reg_ids")
                .addObject()
                .put("id_type", "Data Collect GUID")
                .put("value", "p1");

        Inward inward = kind.inward(record, PERSON);

        ObjectNode expected = PERSON.deepCopy();
        ObjectNode data = (ObjectNode) expected.get("data");
        data.put("date_of_birth", "2010-03-29T00:00:00+07:00")
                .put("gender", "female")
                .put("middle_name", "Noy");
        ((ObjectNode) data.at("/document_ids/0")).put("id_number", "NID0-9");
        assertThat(inward.problems()).isEmpty();
        assertThat(inward.doc()).isEqualTo(expected);
        assertThat(inward.changedPaths())
                .containsExactlyInAnyOrder(
                        "data.date_of_birth", "data.gender", "data.middle_name", "data.document_ids");
    }

    @Test
    void reference_data_is_no_kind_of_this_target() {
        assertThat(openspp.kindOf(Given.json("{'guid':'100','type':'individual','data':{'entityName':'apg'}}")))
                .isEmpty();
    }

    @Test
    void a_household_and_its_members_share_a_lane() {
        assertThat(openspp.kind("individual").laneOf("p1", PERSON)).isEqualTo("h1");
        assertThat(openspp.kind("household").laneOf("h1", HOUSEHOLD)).isEqualTo("h1");
        assertThat(openspp.routingPaths()).containsExactly("data.entityName", "data.parentGuid");
    }

    @Test
    void the_founding_document_s_record_has_exactly_its_eight_fields() {
        Entity entity = Given.entity(Given.json("""
                        {'id':'e1','guid':'e1','type':'individual','version':7,'data':{'name':'Ana Cruz',
                         'birthDate':'1990-02-03','contactNumber':'+639171234567','other':'x',
                         'address':{'street':'1 Main St','city':'Cebu','province':'PH-CEB'}}}"""));

        Mapped mapped = Given.founding().kind("beneficiary").outward(entity);

        assertThat(mapped.ok()).isTrue();
        assertThat(mapped.record().toString()).isEqualTo(Given.json("""
                                        {'partner_name':'Ana Cruz','birth_date':'1990-02-03',
                                         'mobile_phone':'+639171234567','street_address':'1 Main St','city':'Cebu',
                                         'state_id':'PH-CEB','x_datacollect_guid':'e1','x_datacollect_version':7}""").toString());
    }
}
