# shellcheck shell=bash disable=SC2154,SC2034
# One set against another: scan --against, and index query --all.

one='A council of ministers met on Tuesday to discuss the price of bread in the harbour towns of the north, where bakers have warned that flour will run short before the winter comes and the roads are closed.'
two='The museum of clocks opens again on Friday after nine years of repairs, with a tower clock that was found in a barn, and guides who wind each of the four hundred clocks of the house by hand every morning.'

write_sets() {
    printf '{"id":"x","text":"%s"}\n{"id":2,"text":"%s"}\n{"id":"y","text":"%s It rains."}\n' "$one" "$two" "$one" >a.jsonl
    printf '{"id":"x","text":"%s"}\n{"id":"p","text":"Nothing of this is anywhere else, neither here nor there."}\n' "$two" >b.jsonl
    printf '{"id":9,"text":"%s"}\n{"id":"z","text":"%s"}\n' "$one" "$two" >>b.jsonl
}

test_every_partner_is_listed_and_one_set_is_not_compared_with_itself() {
    write_sets
    run scan b.jsonl --against a.jsonl -o out.jsonl
    exits 0
    has err '4 articles: 3 of them have matches, 4 in all; 0 rejected in'
    lines out.jsonl 4
    sed 's/,"resemblance.*"admitted"/,"admitted"/; s/,"similarity":[0-9.]*//g' out.jsonl >found
    size_one=${#one} size_two=${#two}
    {
        echo "{\"type\":\"match\",\"id\":\"x\",\"of\":2,\"relation\":\"identical\",\"admitted\":true,\"passages\":[{\"begin\":0,\"end\":$((size_two - 1)),\"of_begin\":0,\"of_end\":$((size_two - 1))}]}"
        echo "{\"type\":\"match\",\"id\":9,\"of\":\"x\",\"relation\":\"identical\",\"admitted\":true,\"passages\":[{\"begin\":0,\"end\":$((size_one - 1)),\"of_begin\":0,\"of_end\":$((size_one - 1))}]}"
        echo "{\"type\":\"match\",\"id\":9,\"of\":\"y\",\"relation\":\"near\",\"admitted\":true,\"passages\":[{\"begin\":0,\"end\":$((size_one - 1)),\"of_begin\":0,\"of_end\":$((size_one - 1))}]}"
        echo "{\"type\":\"match\",\"id\":\"z\",\"of\":2,\"relation\":\"identical\",\"admitted\":true,\"passages\":[{\"begin\":0,\"end\":$((size_two - 1)),\"of_begin\":0,\"of_end\":$((size_two - 1))}]}"
    } >expected
    same expected found
}

test_an_index_gives_the_same() {
    write_sets
    run scan b.jsonl --against a.jsonl -o out.jsonl
    run index create a.db
    run index add a.db a.jsonl
    run scan b.jsonl --against a.db
    same out.jsonl out
    run index query a.db b.jsonl --all
    same out.jsonl out
}

test_what_cannot_be() {
    write_sets
    run scan b.jsonl --against none.jsonl -o out.jsonl
    exits 3
    has err 'none.jsonl'
    absent out.jsonl
    run scan b.jsonl --against a.jsonl --csv tables
    exits 2
    has err '--csv and --parquet do not go with --against'
    run scan --against a.jsonl
    exits 2
    has err 'no INPUT given'
}
