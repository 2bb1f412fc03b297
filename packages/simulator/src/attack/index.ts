export { type Attack, attack } from './attack.ts'
export { ATTACK_KINDS, type AttackKind, type AttackOptions, attackDefaults } from './options.ts'
export { AttackSite, ENDORSEMENT_BUDGET } from './site.ts'
