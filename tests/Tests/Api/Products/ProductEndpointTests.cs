using System.Net;
using StreamCommerce.Tests.Api.Hosting;
using Xunit;

namespace StreamCommerce.Tests.Api.Products;

public sealed class ProductEndpointTests(ServiceFixture service) : IClassFixture<ServiceFixture>
{
    private const string Csv = "text/csv";
    private const string Lines = "application/x-ndjson";

    [Fact]
    public async Task A_product_is_read_as_it_was_put()
    {
        await service.PutAsync("/v1/products/mug", """
            {"title":"Mug","brand":"B","description":"D","categories":["kitchen"],
             "attributes":{"colour":"red"},"price":{"amount":4.99,"currency":"EUR"}}
            """);

        var answer = await service.GetAsync("/v1/products/mug");

        answer.MustBe(HttpStatusCode.OK);
        Assert.Equal("\"1\"", answer.Headers["ETag"]);
        Assert.Equal("Mug", answer["title"]);
        Assert.Equal("red", answer["attributes.colour"]);
        Assert.Equal("""{"amount":4.99,"currency":"EUR"}""", answer.Find("price")!.ToJsonString());
    }

    [Fact]
    public async Task An_unknown_product_is_not_found() =>
        (await service.GetAsync("/v1/products/unknown"))
            .MustBeProblem(HttpStatusCode.NotFound, "not-found");

    [Fact]
    public async Task A_put_over_an_older_version_is_refused()
    {
        await service.PutProductAsync("lamp", 1);
        await service.PutProductAsync("lamp", 2);

        var late = await service.PutAsync("/v1/products/lamp",
            """{"title":"L","price":{"amount":3,"currency":"EUR"}}""", ("If-Match", "\"1\""));
        var current = await service.PutAsync("/v1/products/lamp",
            """{"title":"L","price":{"amount":3,"currency":"EUR"}}""", ("If-Match", "\"2\""));

        late.MustBeProblem(HttpStatusCode.PreconditionFailed, "version-mismatch");
        Assert.Equal("3", current.MustBe(HttpStatusCode.OK)["version"]);
    }

    [Fact]
    public async Task A_put_of_a_new_product_only_does_not_replace_one()
    {
        await service.PutProductAsync("desk");

        var answer = await service.PutAsync("/v1/products/desk",
            """{"title":"D","price":{"amount":3,"currency":"EUR"}}""", ("If-None-Match", "*"));

        answer.MustBeProblem(HttpStatusCode.PreconditionFailed, "version-mismatch");
    }

    [Fact]
    public async Task A_negative_price_is_refused()
    {
        var answer = await service.PutAsync("/v1/products/free",
            """{"title":"F","price":{"amount":-1,"currency":"EUR"}}""");

        answer.MustBeProblem(HttpStatusCode.BadRequest, "invalid");
    }

    [Fact]
    public async Task Pages_hold_every_product_of_a_category_once()
    {
        for (var i = 0; i < 5; i++)
        {
            await service.PutAsync($"/v1/products/page-{i}",
                """{"title":"P","categories":["paged"],"price":{"amount":1,"currency":"EUR"}}""");
        }

        var ids = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await service.GetAsync(
                $"/v1/products?category=paged&limit=2&after={after}");
            ids.AddRange(page.Json["products"]!.AsArray().Select(p => p!["id"]!.ToString()));
            after = page["next"];
        }

        Assert.Equal(["page-0", "page-1", "page-2", "page-3", "page-4"], ids);
    }

    [Fact]
    public async Task An_import_of_lines_takes_the_good_rows_and_lists_the_bad_ones()
    {
        var answer = await service.PostAsync("/v1/products/import", """
            {"id":"n1","title":"One","price":{"amount":1,"currency":"EUR"}}

            {"id":"n2","title":"Two","price":{"amount":-1,"currency":"EUR"}}
            {"id":"n3","title":"Three","price":{"amount":"1","currency":"EUR"}}
            nonsense
            {"id":"n5","title":"Five","price":{"amount":5,"currency":"EUR"}}
            """, Lines);

        answer.MustBe(HttpStatusCode.OK);
        Assert.Equal("2", answer["added"]);
        Assert.Equal("3", answer["refusedCount"]);
        Assert.Equal(["3", "4", "5"],
            answer.Json["refused"]!.AsArray().Select(row => row!["line"]!.ToString()));
        Assert.Equal("/price/amount", answer["refused.1.field"]);
        (await service.GetAsync("/v1/products/n5")).MustBe(HttpStatusCode.OK);
        (await service.GetAsync("/v1/products/n2")).MustBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_import_of_csv_takes_the_good_rows_and_lists_the_bad_ones()
    {
        var answer = await service.PostAsync("/v1/products/import", """"
            id,title,price,currency,categories,attribute.colour
            c1,"Cup, ""small""",1.50,EUR,kitchen|gifts,red
            c2,Cup,cheap,EUR,,
            c3,Cup,1.50,EURO,,
            c4,Cup,1.50
            c5,Plate,2,EUR,,

            """", Csv);

        answer.MustBe(HttpStatusCode.OK);
        Assert.Equal("2", answer["added"]);
        Assert.Equal(["3", "4", "5"],
            answer.Json["refused"]!.AsArray().Select(row => row!["line"]!.ToString()));
        var cup = await service.GetAsync("/v1/products/c1");
        Assert.Equal("Cup, \"small\"", cup["title"]);
        Assert.Equal("""["gifts","kitchen"]""", cup.Find("categories")!.ToJsonString());
        Assert.Equal("red", cup["attributes.colour"]);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task An_id_that_has_no_address_is_refused(string id)
    {
        var answer = await service.PostAsync("/v1/products/import",
            $"id,title,price,currency\n{id},T,1,EUR\n", Csv);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "rows-refused");
        Assert.StartsWith($"id '{id}'", answer["refused.0.detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_row_of_csv_that_is_not_utf8_is_refused_with_its_line()
    {
        var answer = await service.SendAsync(HttpMethod.Post, "/v1/products/import",
            System.Text.Encoding.Latin1.GetBytes(
                "id,title,price,currency\nl1,Tea,1,EUR\nl2,Th\u00e9,1,EUR\n"), Csv);

        Assert.Equal("1", answer.MustBe(HttpStatusCode.OK)["added"]);
        Assert.Equal("3", answer["refused.0.line"]);
        Assert.Equal("title", answer["refused.0.field"]);
    }

    [Fact]
    public async Task A_quote_without_an_end_is_told_as_one()
    {
        var answer = await service.PostAsync("/v1/products/import",
            "id,title,price,currency\nq1,T,1,EUR\nq2,\"T,1,EUR\nq3,T,1,EUR\n", Csv);

        Assert.Contains("a quote is opened and never closed", answer.Text,
            StringComparison.Ordinal);
        Assert.Equal("3", answer["refused.0.line"]);
    }

    [Fact]
    public async Task An_import_again_changes_nothing()
    {
        const string Row = """{"id":"twice","title":"T","price":{"amount":1,"currency":"EUR"}}""";
        await service.PostAsync("/v1/products/import", Row, Lines);

        var answer = await service.PostAsync("/v1/products/import", Row, Lines);

        Assert.Equal("0", answer["added"]);
        Assert.Equal("1", answer["unchanged"]);
    }

    [Fact]
    public async Task An_import_of_more_rows_than_one_commit_takes_them_all()
    {
        var rows = string.Join('\n', Enumerable.Range(0, 2_500).Select(i =>
            $$$"""{"id":"bulk-{{{i}}}","title":"T","price":{"amount":1,"currency":"EUR"}}"""));

        var answer = await service.PostAsync("/v1/products/import", rows, Lines);

        Assert.Equal("2500", answer.MustBe(HttpStatusCode.OK)["added"]);
    }

    [Theory]
    [InlineData("id,title,price\nx,X,1\n")]
    [InlineData("id,title,price,currency,size\nx,X,1,EUR,3\n")]
    [InlineData("")]
    public async Task A_csv_whose_header_cannot_be_used_is_refused_whole(string csv) =>
        (await service.PostAsync("/v1/products/import", csv, Csv))
            .MustBeProblem(HttpStatusCode.BadRequest, "invalid-request");

    [Fact]
    public async Task An_import_of_bad_rows_only_is_a_problem_that_lists_them()
    {
        var answer = await service.PostAsync("/v1/products/import", "{}\n[]\n", Lines);

        answer.MustBeProblem(HttpStatusCode.BadRequest, "rows-refused");
        Assert.Equal("2", answer["refused.1.line"]);
    }

    [Fact]
    public async Task An_import_of_another_type_is_refused() =>
        (await service.PostAsync("/v1/products/import", "{}"))
            .MustBeProblem(HttpStatusCode.UnsupportedMediaType);

    [Fact]
    public async Task An_import_of_over_8_MiB_is_refused() =>
        (await service.PostAsync(
            "/v1/products/import", new string('\n', (8 * 1024 * 1024) + 1), Lines))
            .MustBeProblem(HttpStatusCode.RequestEntityTooLarge);
}
