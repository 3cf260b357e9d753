import { playRounds } from './rounds.ts'

playRounds('postgres')
