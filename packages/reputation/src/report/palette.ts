/**
 * The colours of scores: viridis without its ends, so that both stand out from white and from black. Its lightness rises
 * steadily, so it reads the same with any colour vision, and in grey (van der Walt and Smith 2015).
 */
export const SCALE = ['#482173', '#3b518b', '#2c718e', '#21908d', '#27ad81', '#5cc863', '#aadc32'] as const
