/** Short plain words, for passphrases. As many as a byte has values. */
export const WORDS: readonly string[] = `
acorn amber anchor anvil apple april arbor arch arrow ash aspen atlas attic autumn badge bagel baker
balsam bamboo banjo barge barley barn basil basin basket bay beacon beam bean beech bell berry birch
bishop blanket blossom boat bolt bonnet book border bottle boulder bow brass bread breeze brick
bridge brook broom bucket buoy butter button cabin cable cactus camel camera candle canoe canvas
caravan cargo carpet castle cedar cello chalk chapel cherry chest chimney cider circle citrus clay
cliff clock cloud clover coast cobalt cocoa comet compass copper coral cork cotton court crane
crayon creek crown cup curtain cypress daisy dawn deck delta desk diary dock dome door dragon drum
dune eagle ear easel east echo elbow elm ember engine fable falcon feather fence fern ferry field
fig flag flame flint flute foam fog forest fork fossil fox frame frost galley garden garlic gate
geyser ginger glacier glass globe glove gong goose grain grape gravel guitar gull hammer harbor harp
hatch hazel heather hedge helm heron hill holly honey hook horn house husk iris iron island ivory
ivy jacket jade jar jasmine jetty jigsaw juniper kayak kelp kettle key kiln kite knot ladder lagoon
lake lamp lantern larch lark lattice laurel lava lawn leaf ledge lemon lichen lighthouse lilac lime
linen lobby locket loft log loom lotus lute magnet mango maple marble marsh mast meadow melon mill
mint mirror mist moon moss mountain mug nest net night north nut oar oasis oat ocean olive onyx opal
orbit orchard otter oven owl paddle palm paper parsley
`
  .trim()
  .split(/\s+/);
