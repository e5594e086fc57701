namespace StreamCommerce.Ingest.Simulation;

/// <summary>The words of one category.</summary>
/// <param name="Path">The category's path, from the department down, parted by '/'.</param>
/// <param name="PriceLevel">The middle price, in EUR.</param>
/// <param name="Materials">What its products are made of.</param>
/// <param name="Nouns">What they are.</param>
internal sealed record CategoryWords(
    string Path, double PriceLevel, string[] Materials, string[] Nouns);

/// <summary>What invented products are named after. None is meant to be a trade mark.</summary>
internal static class CatalogueWords
{
    public static readonly string[] Adjectives = Split(
        "Quiet Bright Slender Sturdy Gentle Rustic Nordic Compact Folding Woven Polished Humble " +
        "Vivid Mellow Tidy Brisk Amber Misty Coastal Alpine Round Square Tall Low Soft Bold " +
        "Plain Classic Playful Patient Early Evening Winter Summer Northern Southern Little Grand");

    public static readonly string[] MakerStarts =
        Split("Quill Tarn Fenn Bram Osk Hallow Mire Thistle Copse Wren Alder Sedge");

    public static readonly string[] MakerEnds =
        Split("marsh fold wick stead holm ford mere combe thorpe dale");

    public static readonly CategoryWords[] Categories =
    [
        new("Home/Kitchen", 28, Split("Steel Oak Copper Ceramic Bamboo Glass Enamel Slate"),
            Split("Kettle Skillet Bowl Jug Ladle Grater Whisk Board Canister Mill Teapot Tray")),
        new("Home/Furniture", 180, Split("Oak Walnut Ash Rattan Steel Beech Pine Linen"),
            Split("Stool Table Shelf Bench Armchair Desk Cabinet Wardrobe Dresser Rack Footrest")),
        new("Home/Lighting", 60, Split("Brass Paper Glass Linen Copper Ceramic Wicker Iron"),
            Split("Lamp Lantern Pendant Sconce Spotlight Nightlight Chandelier Torch Uplighter")),
        new("Home/Textiles", 35, Split("Linen Wool Cotton Velvet Jute Hemp Bouclé Flannel"),
            Split("Cushion Throw Curtain Rug Towel Duvet Blanket Tablecloth Napkin Runner")),
        new("Fashion/Clothing", 55, Split("Cotton Wool Denim Linen Corduroy Fleece Jersey Tweed"),
            Split("Shirt Jacket Coat Trousers Skirt Cardigan Jumper Dress Waistcoat Hoodie")),
        new("Fashion/Shoes", 90, Split("Leather Canvas Suede Cork Felt Rubber Nubuck Mesh"),
            Split("Boots Sandals Loafers Trainers Slippers Brogues Clogs Moccasins Plimsolls")),
        new("Fashion/Accessories", 40, Split("Leather Silk Wool Silver Canvas Cashmere Straw Felt"),
            Split("Scarf Belt Wallet Hat Gloves Satchel Bracelet Umbrella Purse Beret Tote")),
        new("Outdoor/Camping", 75, Split("Canvas Titanium Nylon Aluminium Fleece Steel Down Cork"),
            Split("Tent Hammock Stove Flask Backpack Mat Tarp Cooler Headlamp Shelter Mug")),
        new("Outdoor/Garden", 45, Split("Teak Terracotta Steel Zinc Willow Stone Cedar Iron"),
            Split("Planter Trowel Rake Trellis Birdhouse Hose Pruner Spade Barrow Bench Dibber")),
        new("Outdoor/Cycling", 65, Split("Carbon Steel Leather Alloy Rubber Nylon Titanium Cork"),
            Split("Helmet Saddle Pannier Bell Pump Handlebar Pedal Mudguard Rack Lock Bottle")),
        new("Hobby/Music", 110, Split("Maple Spruce Rosewood Brass Birch Mahogany Cedar Ebony"),
            Split("Ukulele Flute Tambourine Metronome Recorder Cajon Harmonica Zither Drum Stand")),
        new("Hobby/Paper", 18, Split("Kraft Linen Cotton Leather Washi Recycled Marbled Laid"),
            Split("Notebook Sketchbook Planner Envelope Calendar Album Folder Journal Kite")),
    ];

    private static string[] Split(string words) => words.Split(' ');
}
